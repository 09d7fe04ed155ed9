package io.bayes4j.onednn;

import java.util.ArrayList;
import java.util.List;

/**
 * How an operation falls into pieces that threads compute by themselves: the axis along which each
 * argument is cut.
 *
 * @param axes for each argument the axis, or {@link #WHOLE}, or for the last one {@link #SUMMED};
 *     empty if the operation cannot be divided
 * @param nanoseconds what the operation takes one thread, roughly
 * @param perThread pieces for each thread: two even out what disturbs one of them, unless each
 *     piece has to prepare for itself what it shares with the others
 * @param handsOn whether a piece has steps that hand something large on to later ones
 * @param alignment lengths of pieces are multiples of it where there is enough to divide
 */
record Division(
    List<Integer> axes, double nanoseconds, int perThread, boolean handsOn, int alignment) {
  /** The axis of an argument that every piece reads wholly. */
  static final int WHOLE = -1;

  /** The axis of a result that is the sum of what the pieces compute. */
  static final int SUMMED = -2;

  static final Division NONE = new Division(List.of(), 0, 1, false, 1);

  /** Below the peak of any processor with AVX-512, since operands come from memory. */
  private static final double MULTIPLICATIONS_PER_NANOSECOND = 100;

  private static final double ELEMENTS_PER_NANOSECOND = 4;

  Division {
    axes = List.copyOf(axes);
  }

  /** Activations are cut into examples; arguments of one axis are whole. */
  static Division ofExamples(List<Operand> operands) {
    List<Integer> axes = new ArrayList<>();
    double elements = 0;
    for (Operand operand : operands) {
      axes.add(operand.shape().length == 1 ? WHOLE : 0);
      elements += operand.elements();
    }
    return new Division(axes, elements / ELEMENTS_PER_NANOSECOND, 2, false, 1);
  }

  /** The same with an argument that is not cut, or is {@linkplain #SUMMED summed}. */
  Division with(int argument, int axis) {
    List<Integer> changed = new ArrayList<>(axes);
    changed.set(argument, axis);
    return new Division(changed, nanoseconds, perThread, handsOn, alignment);
  }

  /** The same with another number of multiplications. */
  Division multiplying(double multiplications) {
    return new Division(
        axes, multiplications / MULTIPLICATIONS_PER_NANOSECOND, perThread, handsOn, alignment);
  }

  /** The same with pieces that hand on something large, or not. */
  Division handingOn(boolean large) {
    return new Division(axes, nanoseconds, perThread, large, alignment);
  }

  boolean sums() {
    return !axes.isEmpty() && axes.get(axes.size() - 1) == SUMMED;
  }
}
