package io.bayes4j.report;

/**
 * How far chance may move a share: the score interval, which holds for small counts too (Wilson,
 * Probable inference, the law of succession, and statistical inference, JASA 22, 1927).
 */
final class ScoreInterval {
  /** The 97.5 % quantile of the normal distribution. */
  private static final double Z = 1.959964;

  private ScoreInterval() {}

  /** Lower and upper end of the 95 % interval of a share that was seen in a number of trials. */
  static double[] of(double share, long trials) {
    double n = trials;
    double centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n);
    double half = Z / (1 + Z * Z / n) * Math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n));
    return new double[] {Math.max(0, centre - half), Math.min(1, centre + half)};
  }
}
