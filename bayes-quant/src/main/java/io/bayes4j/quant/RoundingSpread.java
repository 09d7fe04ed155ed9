package io.bayes4j.quant;

/**
 * The spread to draw with so that a draw, rounded to whole numbers, has a given variance.
 *
 * <p>Rounding x ~ N(m, t^2) changes its variance. Its mean over all places m between two whole
 * numbers is V(t) = t^2 + 1/12 - sum over k of exp(-(2 pi k t)^2) / (2 (pi k)^2), from the Fourier
 * series of the rounding error. V rises from 0 without bound, so that every variance has a spread;
 * without this, a spread below a step would be drawn too wide, or vanish.
 */
final class RoundingSpread {
  /** V is t / sqrt(pi) below, to 7 digits: only one boundary between numbers is near. */
  private static final double ONE_BOUNDARY = 0.12;

  /** V is t^2 + 1/12 from this standard deviation on, to 16 digits. */
  private static final double SMOOTH = 1;

  private static final int TERMS = 6;
  private static final int HALVINGS = 40;
  private static final int CELLS = 1024;

  /** The spread for the standard deviations 0, SMOOTH / CELLS, ..., SMOOTH. */
  private static final float[] TABLE = table();

  private RoundingSpread() {}

  /**
   * The spread before rounding.
   *
   * @param sigma standard deviation after rounding, in steps, at least 0
   */
  static float before(float sigma) {
    if (sigma >= SMOOTH) {
      return (float) Math.sqrt((double) sigma * sigma - 1.0 / 12);
    }
    float at = sigma * (float) (CELLS / SMOOTH);
    int cell = Math.min(CELLS - 1, (int) at);
    return TABLE[cell] + (at - cell) * (TABLE[cell + 1] - TABLE[cell]);
  }

  /** V(t): the variance after rounding, averaged over where between two numbers the mean lies. */
  static double varianceAfter(double t) {
    if (t < ONE_BOUNDARY) {
      return t / Math.sqrt(Math.PI);
    }
    double variance = t * t + 1.0 / 12;
    for (int k = 1; k <= TERMS; k++) {
      double u = Math.PI * k;
      variance -= Math.exp(-4 * u * u * t * t) / (2 * u * u);
    }
    return variance;
  }

  private static float[] table() {
    float[] table = new float[CELLS + 1];
    for (int cell = 1; cell <= CELLS; cell++) {
      double sigma = cell * SMOOTH / CELLS;
      double low = 0;
      double high = SMOOTH;
      for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (varianceAfter(middle) < sigma * sigma) {
          low = middle;
        } else {
          high = middle;
        }
      }
      table[cell] = (float) ((low + high) / 2);
    }
    return table;
  }
}
