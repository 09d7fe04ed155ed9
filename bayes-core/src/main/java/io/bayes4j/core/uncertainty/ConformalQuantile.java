package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;

/**
 * The quantile of conformal prediction: of n scores the one of rank ceil((n + 1)(1 - alpha)), so
 * that the score of one more exchangeable example is at most that with a probability of at least 1
 * - alpha.
 *
 * <p>Vovk, Gammerman, Shafer, "Algorithmic Learning in a Random World", 2005; Lei, G'Sell, Rinaldo,
 * Tibshirani, Wasserman, "Distribution-Free Predictive Inference for Regression", 2018.
 */
final class ConformalQuantile {
  private ConformalQuantile() {}

  static double requireAlpha(double alpha) {
    Require.argument(alpha > 0 && alpha < 1, "alpha must be in (0, 1), got %s", alpha);
    return alpha;
  }

  /**
   * The rank, from 1 on; above n if n scores are too few.
   *
   * @param alpha taken as the decimal number that it prints as: in binary (1 - 0.35) * 20 is above
   *     13
   */
  static long rank(long n, double alpha) {
    return BigDecimal.ONE
        .subtract(BigDecimal.valueOf(alpha))
        .multiply(BigDecimal.valueOf(n + 1))
        .setScale(0, RoundingMode.CEILING)
        .longValueExact();
  }

  /** The fewest scores that have a quantile. */
  static long fewest(double alpha) {
    long n = (long) Math.floor(1 / alpha) - 2;
    while (n < 0 || rank(n, alpha) > n) {
      n++;
    }
    return n;
  }

  /** The score of that rank, infinite if there are too few. */
  static double of(double[] scores, double alpha) {
    long rank = rank(scores.length, alpha);
    if (rank > scores.length) {
      return Double.POSITIVE_INFINITY;
    }
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    return sorted[(int) rank - 1];
  }
}
