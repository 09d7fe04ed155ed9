package io.bayes4j.core.variational.internal;

/**
 * The loops of {@link GaussianKl}, written as those of {@link io.bayes4j.core.internal.FloatLoops}
 * are.
 */
final class KlLoops {
  private static final float LN2 = 0.6931472f;

  private KlLoops() {}

  /** clamped = max(x, lowest); x = min(x - lowest, 0). */
  static void clamp(float[] x, float lowest, float[] clamped, int n) {
    for (int i = 0; i < n; i++) {
      clamped[i] = Math.max(x[i], lowest);
    }
    for (int i = 0; i < n; i++) {
      x[i] -= clamped[i];
    }
  }

  /** x = (x - mean) * precision. */
  static void shift(float[] mean, float[] precision, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (x[i] - mean[i]) * precision[i];
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

  /** out = scale * shift / prior sigma. */
  static void muGradient(float[] shift, float[] precision, float scale, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = scale * shift[i] * precision[i];
    }
  }

  /** slope = scale * slope / sigma * (d^2 - 1), where slope is d sigma / d rho. */
  static void rhoGradient(float[] sigma, float[] d, float scale, float[] slope, int n) {
    for (int i = 0; i < n; i++) {
      slope[i] = scale * (slope[i] / sigma[i]) * ((d[i] - 1f) * (d[i] + 1f));
    }
  }
}
