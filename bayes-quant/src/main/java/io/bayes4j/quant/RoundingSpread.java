package io.bayes4j.quant;

import io.bayes4j.core.internal.NormalCdf;

/**
 * Spreads as 8-bit codes on a grid of their logarithm, and what a draw must be spread by so that it
 * has the coded spread once it is rounded.
 *
 * <p>A weight is stored as a whole number m of steps, and a draw of it is round(m + t eps). Its
 * variance is V(t) = sum over k of (2 k - 1) P(|t eps| > k - 1/2), which rises from 0 without
 * bound: every standard deviation s, also one far below a step, has a t with V(t) = s^2. Without
 * this, a spread below a step would vanish or be drawn several times too wide.
 */
final class RoundingSpread {
  /** Number of codes but 0, which stands for no spread. */
  private static final int CODES = 255;

  /** The least and the greatest spread that have a code, in steps. */
  static final double LEAST = 0x1p-10;

  static final double GREATEST = 48;

  /** What two neighbouring spreads differ by, in logarithms: 4 per cent. */
  private static final double DISTANCE = Math.log(GREATEST / LEAST) / (CODES - 1);

  /** V is t^2 + 1/12 from this standard deviation on, to 16 digits. */
  private static final double SMOOTH = 1.5;

  private static final int HALVINGS = 60;

  /** For each code t, for draws before they are rounded. */
  private static final float[] BEFORE = table();

  private RoundingSpread() {}

  /** The code of a standard deviation in steps, the nearest in logarithms. */
  static byte code(double steps) {
    if (steps < LEAST * Math.exp(-DISTANCE / 2)) {
      return 0;
    }
    long code = 1 + Math.round(Math.log(steps / LEAST) / DISTANCE);
    return (byte) Math.min(CODES, Math.max(1, code));
  }

  /** The standard deviation, in steps, that a code stands for. */
  static double steps(byte code) {
    return code == 0 ? 0 : LEAST * Math.exp(((code & 0xff) - 1) * DISTANCE);
  }

  /** The spread before rounding that gives a code's standard deviation after it. */
  static float before(byte code) {
    return BEFORE[code & 0xff];
  }

  /** V(t): the variance of a whole number plus t times a standard normal, rounded. */
  static double varianceAfter(double t) {
    if (t > SMOOTH) {
      return t * t + 1.0 / 12;
    }
    double variance = 0;
    for (int k = 1; k <= 24; k++) {
      variance += 2 * (2 * k - 1) * NormalCdf.of(-(k - 0.5) / t);
    }
    return variance;
  }

  private static float[] table() {
    float[] table = new float[CODES + 1];
    for (int code = 1; code <= CODES; code++) {
      double variance = Math.pow(steps((byte) code), 2);
      double low = 0.01;
      double high = GREATEST + 1;
      for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (varianceAfter(middle) < variance) {
          low = middle;
        } else {
          high = middle;
        }
      }
      table[code] = (float) ((low + high) / 2);
    }
    return table;
  }
}
