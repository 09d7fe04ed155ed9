package io.bayes4j.core.variational.internal;

/**
 * The loops of {@link GaussianKl}, written as those of {@link io.bayes4j.core.internal.FloatLoops}
 * are.
 */
final class KlLoops {
  private static final float LN2 = 0.6931472f;

  private KlLoops() {}

  /** out = min(rho - lowest, 0): how far rho lies below. */
  static void excess(float[] rho, float lowest, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = rho[i] - Math.max(rho[i], lowest);
    }
  }

  /** out = (mu - mean) * precision. */
  static void shift(float[] mu, float[] mean, float[] precision, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = (mu[i] - mean[i]) * precision[i];
    }
  }

  /** out = max(sigma, lowest) * precision. */
  static void ratio(float[] sigma, float lowest, float[] precision, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = Math.max(sigma[i], lowest) * precision[i];
    }
  }

  /** out = slope / sigma, which is one where both lie below the lowest. */
  static void growth(float[] slope, float[] sigma, float lowest, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = Math.max(slope[i], lowest) / Math.max(sigma[i], lowest);
    }
  }

  /** k = (d^2 - m^2) / 2 - k ln 2, the part of {@link #scaleTerms} that the exponents cause. */
  static void exponentTerms(float[] d, float[] m, float[] k, int n) {
    for (int i = 0; i < n; i++) {
      k[i] = Math.fma(-LN2, k[i], 0.5f * (d[i] - m[i]) * (d[i] + m[i]));
    }
  }

  /**
   * m = (d^2 - 1) / 2 - ln d for d = 2^k * m, given the exponent terms.
   *
   * <p>Near d = 1 that is (d - 1)^2 and a difference of much larger terms. With c = m - 1 and z = c
   * / (2 + c), ln m = 2 artanh z and 2 z = c - c z, so that for k = 0 the large terms cancel on
   * paper: c^2 / 2 + c z - 2 (z^3 / 3 + z^5 / 5 + ...).
   */
  static void scaleTerms(float[] exponentTerms, float[] m, int n) {
    for (int i = 0; i < n; i++) {
      float c = m[i] - 1f;
      float z = c / (2f + c);
      float q = z * z;
      float p = Math.fma(q, Math.fma(q, Math.fma(q, 2f / 9, 2f / 7), 2f / 5), 2f / 3);
      m[i] = exponentTerms[i] + Math.fma(c, Math.fma(0.5f, c, z), -z * q * p);
    }
  }

  /** x = x + shift^2 / 2 - excess. */
  static void addShiftTerms(float[] shift, float[] excess, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] += Math.fma(0.5f * shift[i], shift[i], -excess[i]);
    }
  }

  /** Returns the sum of x, in four strands so that the additions need not wait for each other. */
  static double sum(float[] x, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < n; i++) {
      a += x[i];
    }
    return (a + b) + (c + d);
  }

  /** sum = sum + scale * shift / prior sigma. */
  static void addMuGradient(float[] shift, float[] precision, float scale, float[] sum, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += scale * shift[i] * precision[i];
    }
  }

  /** sum = sum + scale * growth * (d^2 - 1), where growth is d ln(sigma) / d rho. */
  static void addRhoGradient(float[] growth, float[] d, float scale, float[] sum, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += scale * growth[i] * ((d[i] - 1f) * (d[i] + 1f));
    }
  }
}
