package io.bayes4j.onednn;

import java.util.ArrayList;
import java.util.List;

/**
 * How an operation falls into pieces that threads compute by themselves: the axis along which each
 * argument is cut.
 *
 * <p>No result depends on the number of threads: either a kernel computes each row by itself, the
 * same whatever the other rows of a piece, or the pieces are {@link #fixed}.
 *
 * @param axes for each argument the axis, or {@link #WHOLE}, or for the last one {@link #SUMMED};
 *     empty if the operation cannot be divided
 * @param nanoseconds what the operation takes one thread, roughly
 * @param perThread pieces for each thread: two even out what disturbs one of them, unless each
 *     piece has to prepare for itself what it shares with the others
 * @param handsOn whether a piece has steps that hand something large on to later ones
 * @param lengths of pieces
 * @param fixed whether pieces depend on shapes alone
 * @param joins whether OpenMP's threads may share what has fewer rows than threads
 */
record Partition(
    List<Integer> axes,
    double nanoseconds,
    int perThread,
    boolean handsOn,
    Lengths lengths,
    boolean fixed,
    boolean joins) {
  /** The axis of an argument that every piece reads wholly. */
  static final int WHOLE = -1;

  /** The axis of a result that is the sum of what the pieces compute. */
  static final int SUMMED = -2;

  static final Partition NONE = new Partition(List.of(), 0, 1, false, Lengths.ANY, true, false);

  /** Below the peak of any processor with AVX-512, since operands come from memory. */
  private static final double MULTIPLICATIONS_PER_NANOSECOND = 100;

  private static final double ELEMENTS_PER_NANOSECOND = 4;

  Partition {
    axes = List.copyOf(axes);
  }

  /** Activations are cut into examples; arguments of one axis are whole. */
  static Partition ofExamples(List<Operand> operands) {
    List<Integer> axes = new ArrayList<>();
    double elements = 0;
    for (Operand operand : operands) {
      axes.add(operand.shape().length == 1 ? WHOLE : 0);
      elements += operand.elements();
    }
    return new Partition(
        axes, elements / ELEMENTS_PER_NANOSECOND, 2, false, Lengths.ANY, false, true);
  }

  /** Arguments are cut along certain axes, once for each thread. */
  static Partition along(List<Integer> axes, double multiplications) {
    return new Partition(axes, 0, 1, false, Lengths.ANY, false, false).multiplying(multiplications);
  }

  /** The same with an argument that is not cut, or is {@linkplain #SUMMED summed}. */
  Partition with(int argument, int axis) {
    List<Integer> changed = new ArrayList<>(axes);
    changed.set(argument, axis);
    return new Partition(changed, nanoseconds, perThread, handsOn, lengths, fixed, joins);
  }

  /** The same with another number of multiplications. */
  Partition multiplying(double multiplications) {
    double time = multiplications / MULTIPLICATIONS_PER_NANOSECOND;
    return new Partition(axes, time, perThread, handsOn, lengths, fixed, joins);
  }

  /** The same with pieces that hand on something large, or not. */
  Partition handingOn(boolean large) {
    return new Partition(axes, nanoseconds, perThread, large, lengths, fixed, joins);
  }

  /** The same with pieces of other lengths. */
  Partition of(Lengths other) {
    return new Partition(axes, nanoseconds, perThread, handsOn, other, fixed, joins);
  }

  /** The same with pieces that depend on shapes alone. */
  Partition byShapes() {
    return new Partition(axes, nanoseconds, perThread, handsOn, lengths, true, false);
  }

  /** The same, OpenMP's threads sharing what has few rows, or not. */
  Partition joining(boolean allowed) {
    return new Partition(axes, nanoseconds, perThread, handsOn, lengths, fixed, allowed);
  }

  boolean sums() {
    return !axes.isEmpty() && axes.get(axes.size() - 1) == SUMMED;
  }
}
