package io.bayes4j.core.kernels.portable;

/**
 * Loops over the first n floats of the slots of a work array, each short enough for C2 to turn it
 * into vector instructions: a body of one line more may take ten times as long.
 *
 * <p>The slots are parts of one array at fixed distances, so that all of them lie alike towards the
 * lines of the cache. Separate arrays do not, and sums kept in them take twice as long.
 */
final class NormLoops {
  /**
   * Floats of a slot: all of them, and what streams through beside them, fit in the first cache of
   * a core, which twice as many do not.
   */
  static final int SLOT = 512;

  /**
   * Slots are a line further apart than they are long, lest they compete for one place in cache.
   */
  private static final int STRIDE = SLOT + 16;

  static final int VALUES = 0;
  static final int MORE_VALUES = STRIDE;
  static final int GRADIENTS = 2 * STRIDE;
  static final int CENTRE = 3 * STRIDE;
  static final int FACTOR = 4 * STRIDE;
  static final int SHIFT = 5 * STRIDE;
  static final int SLOPE = 6 * STRIDE;
  static final int SUMS = 7 * STRIDE;
  static final int PRODUCTS = 8 * STRIDE;
  static final int SPARE = 9 * STRIDE;

  /** Floats of all slots. */
  static final int LENGTH = 10 * STRIDE;

  /** Twice in a product it lifts every positive float above 1e31, three times to infinity. */
  private static final float HUGE = 1e38f;

  private NormLoops() {}

  /** Adds the distances of two tiles of values to the centre, and their squares. */
  static void addMoments(float[] w, int n) {
    for (int i = 0; i < n; i++) {
      float a = w[i + VALUES] - w[i + CENTRE];
      float b = w[i + MORE_VALUES] - w[i + CENTRE];
      w[i + SUMS] += a + b;
      w[i + PRODUCTS] += Math.fma(a, a, b * b);
    }
  }

  /** value = (value - centre) * factor + shift. */
  static void normalize(float[] w, int n) {
    for (int i = 0; i < n; i++) {
      w[i + VALUES] = Math.fma(w[i + VALUES] - w[i + CENTRE], w[i + FACTOR], w[i + SHIFT]);
    }
  }

  /** {@link #normalize}, then a ReLU that keeps what is not a number. */
  static void normalizeRelu(float[] w, int n) {
    for (int i = 0; i < n; i++) {
      float y = Math.fma(w[i + VALUES] - w[i + CENTRE], w[i + FACTOR], w[i + SHIFT]);
      w[i + VALUES] = Math.max(y, 0f);
    }
  }

  /** value = max(value + spare, 0), which keeps what is not a number. */
  static void addSpareRelu(float[] w, int n) {
    for (int i = 0; i < n; i++) {
      w[i + VALUES] = Math.max(w[i + VALUES] + w[i + SPARE], 0f);
    }
  }

  /** Makes zeros of the gradients wherever the spare numbers, which are not negative, are zero. */
  static void maskBySpare(float[] w, int n) {
    for (int i = 0; i < n; i++) {
      // Infinity or zero: bounds that stop even an infinite gradient.
      float bound = w[i + SPARE] * HUGE * HUGE * HUGE;
      w[i + GRADIENTS] = Math.max(Math.min(w[i + GRADIENTS], bound), -bound);
    }
  }

  /**
   * Makes zeros of the gradients wherever {@link #normalizeRelu} makes a zero of the value, and NaN
   * of what is not finite.
   */
  static void maskGradients(float[] w, int n) {
    for (int i = 0; i < n; i++) {
      float y = Math.fma(w[i + VALUES] - w[i + CENTRE], w[i + FACTOR], w[i + SHIFT]);
      // Zero where y is not positive, else too large for the quotient to matter.
      float large = (y + Math.abs(y)) * HUGE * HUGE;
      w[i + GRADIENTS] -= w[i + GRADIENTS] / (1f + large);
    }
  }

  /** Adds the gradients, and their products with the distances of the values to the centre. */
  static void addGradients(float[] w, int n) {
    for (int i = 0; i < n; i++) {
      float distance = w[i + VALUES] - w[i + CENTRE];
      w[i + SUMS] += w[i + GRADIENTS];
      w[i + PRODUCTS] = Math.fma(w[i + GRADIENTS], distance, w[i + PRODUCTS]);
    }
  }

  /** gradient = gradient * factor + (value - centre) * slope + shift. */
  static void line(float[] w, int n) {
    for (int i = 0; i < n; i++) {
      float distance = w[i + VALUES] - w[i + CENTRE];
      float rest = Math.fma(distance, w[i + SLOPE], w[i + SHIFT]);
      w[i + GRADIENTS] = Math.fma(w[i + GRADIENTS], w[i + FACTOR], rest);
    }
  }

  static void addValues(float[] w, int n) {
    for (int i = 0; i < n; i++) {
      w[i + SUMS] += w[i + VALUES];
    }
  }

  static void addSpareToSums(float[] w, int n) {
    for (int i = 0; i < n; i++) {
      w[i + SUMS] += w[i + SPARE];
    }
  }
}
