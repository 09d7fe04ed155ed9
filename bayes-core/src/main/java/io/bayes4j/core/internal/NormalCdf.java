package io.bayes4j.core.internal;

/** The standard normal distribution function. */
public final class NormalCdf {
  private NormalCdf() {}

  /** The probability of a value up to x, to 12 digits also in the lower tail. */
  public static double of(double x) {
    double z = Math.abs(x);
    double lower = z < 3 ? 0.5 - series(z) : tail(z);
    return x < 0 ? lower : 1 - lower;
  }

  /** The probability between 0 and z, by its series with positive terms. */
  private static double series(double z) {
    double term = z;
    double sum = z;
    for (int k = 1; term > 1e-17 * sum; k++) {
      term *= z * z / (2 * k + 1);
      sum += term;
    }
    return sum * density(z);
  }

  /** The probability beyond z, by Laplace's continued fraction. */
  private static double tail(double z) {
    double fraction = 0;
    for (int k = 120; k >= 1; k--) {
      fraction = k / (z + fraction);
    }
    return density(z) / (z + fraction);
  }

  private static double density(double z) {
    return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  }
}
