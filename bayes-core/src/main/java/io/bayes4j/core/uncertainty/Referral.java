package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;

/**
 * Which examples to hand to experts who have time for so many.
 *
 * <p>An uncertainty is one number per example, higher is less sure, infinite ones allowed.
 */
public final class Referral {
  private Referral() {}

  /**
   * Whether to refer each example: the most uncertain ones, at most so many. Where equals do not
   * all fit into what is left, none of them is referred, so that nothing depends on their order.
   *
   * @param uncertainty of each example
   * @param capacity how many examples experts have time for, 0 or more
   * @throws IllegalArgumentException if there are no examples, an uncertainty is NaN or the
   *     capacity negative
   */
  public static boolean[] mostUncertain(double[] uncertainty, int capacity) {
    Tensors.checkScores(uncertainty, "uncertainty");
    Require.argument(capacity >= 0, "capacity must be >= 0, got %d", capacity);
    double limit = limit(uncertainty, capacity);
    boolean[] referred = new boolean[uncertainty.length];
    for (int i = 0; i < referred.length; i++) {
      referred[i] = capacity >= uncertainty.length || uncertainty[i] > limit;
    }
    return referred;
  }

  /**
   * The uncertainty above which, strictly, later examples are to be referred so that about a share
   * of them is, one by one as they come: fixed on held-out examples that are like them.
   *
   * @param uncertainty of held-out examples
   * @param share of examples that experts have time for, in [0, 1]
   * @return infinity where no one is referred, negative infinity where all are
   * @throws IllegalArgumentException if there are no examples, an uncertainty is NaN or the share
   *     out of range
   */
  public static double limitForShare(double[] uncertainty, double share) {
    Tensors.checkScores(uncertainty, "uncertainty");
    Require.probability(share, "share");
    if (share == 1) {
      return Double.NEGATIVE_INFINITY;
    }
    int capacity = capacity(share, uncertainty.length);
    return capacity == 0 ? Double.POSITIVE_INFINITY : limit(uncertainty, capacity);
  }

  /** The whole examples in a share, taken as the decimal number that it prints as. */
  static int capacity(double share, int count) {
    return BigDecimal.valueOf(share)
        .multiply(BigDecimal.valueOf(count))
        .setScale(0, RoundingMode.FLOOR)
        .intValueExact();
  }

  /** The greatest uncertainty that does not fit into a capacity below the number of examples. */
  private static double limit(double[] uncertainty, int capacity) {
    double[] sorted = uncertainty.clone();
    Arrays.sort(sorted);
    return sorted[Math.max(0, sorted.length - 1 - capacity)];
  }
}
