package io.bayes4j.layers.optim;

import io.bayes4j.core.internal.Finite;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How large parameters and moments can be at most, by arithmetic alone: arrays are looked at only
 * when that says too much.
 */
final class SizeBounds {
  /** By how much parameters may grow before training counts as diverged. */
  static final double MOST_GROWTH = 1e8;

  /** Far enough below the end of the range of floats for what is added on the way. */
  private static final double MOST_MOMENT = 1e37;

  private final Optimizer optimizer;
  private final double limit;
  private double parameter;
  private double[] moments;

  private SizeBounds(Optimizer optimizer, double limit, double parameter, double... moments) {
    this.optimizer = optimizer;
    this.limit = limit;
    this.parameter = parameter;
    this.moments = moments;
  }

  /** The sizes as they are now. */
  static SizeBounds of(Optimizer optimizer, @Nullable SizeBounds before) {
    double parameter = 0;
    double[] moments = new double[optimizer.momentNames().size()];
    for (Optimizer.Slot slot : optimizer.slots()) {
      parameter =
          Math.max(parameter, largest("parameter " + slot.name(), slot.parameter().value()));
      for (int k = 0; k < moments.length; k++) {
        String name = optimizer.momentNames().get(k) + " of parameter " + slot.name();
        moments[k] = Math.max(moments[k], largest(name, slot.moments().get(k)));
      }
    }
    double limit =
        before == null
            ? Math.min(Float.MAX_VALUE, MOST_GROWTH * Math.max(1, parameter))
            : before.limit;
    return new SizeBounds(optimizer, limit, parameter, moments);
  }

  private static double largest(String name, INDArray array) {
    double largest = Finite.largest(array);
    if (!Double.isFinite(largest)) {
      throw new ArithmeticException(name + " is not finite");
    }
    return largest;
  }

  /** The same limit, and sizes that have to be looked at. */
  SizeBounds unknown() {
    double[] infinite = moments.clone();
    Arrays.fill(infinite, Double.POSITIVE_INFINITY);
    return new SizeBounds(optimizer, limit, Double.POSITIVE_INFINITY, infinite);
  }

  /** What parameters must not be beyond. */
  double limit() {
    return limit;
  }

  /** Whether a step surely stays within the limit; if so, it is counted in. */
  boolean allow(double gradient, double rate) {
    double[] after = optimizer.momentsAfter(moments, parameter, gradient);
    // Sums are rounded, a little more than here.
    double reached = 1.001 * optimizer.parameterAfter(after, parameter, rate, optimizer.steps());
    boolean within =
        reached <= limit && Arrays.stream(after).allMatch(moment -> moment < MOST_MOMENT);
    if (within) {
      parameter = reached;
      moments = after;
    }
    return within;
  }
}
