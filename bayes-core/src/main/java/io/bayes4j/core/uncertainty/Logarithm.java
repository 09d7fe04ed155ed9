package io.bayes4j.core.uncertainty;

/**
 * The natural logarithm of floats in a few products, without a branch or a division, where {@code
 * Math.log} takes most of a measure's time: the logarithm of a number nearby from a table, and
 * three terms of the series of what is left.
 */
final class Logarithm {
  /** Bits of a mantissa that choose its number nearby. */
  private static final int TABLE_BITS = 9;

  private static final int MANTISSA_BITS = 23;
  private static final int STEP_BITS = MANTISSA_BITS - TABLE_BITS;
  private static final int MASK = (1 << TABLE_BITS) - 1;

  /**
   * The bits of the least mantissa, near the root of one half: they lie from there to its double,
   * and one is the middle of a step, so that its logarithm, which is zero, is that of the table.
   */
  private static final int LEAST = 0x3f352000;

  private static final double LN_2 = 0.6931471805599453;

  private static final double[] INVERSES = new double[1 << TABLE_BITS];
  private static final double[] LOGARITHMS = new double[1 << TABLE_BITS];

  static {
    for (int i = 0; i < INVERSES.length; i++) {
      double middle = Float.intBitsToFloat(LEAST + (i << STEP_BITS) + (1 << (STEP_BITS - 1)));
      INVERSES[i] = 1 / middle;
      LOGARITHMS[i] = Math.log(middle);
    }
  }

  private Logarithm() {}

  /**
   * The logarithm of a float that is not negative, finite, and no subnormal: within 1e-9 of it,
   * relatively. Of zero and subnormals it is some number below -87, so that p log p is 0 or as good
   * as 0.
   */
  static double of(float x) {
    int bits = Float.floatToRawIntBits(x);
    int above = bits - LEAST;
    int exponent = above >> MANTISSA_BITS;
    int nearby = (above >> STEP_BITS) & MASK;
    double mantissa = Float.intBitsToFloat(bits - (exponent << MANTISSA_BITS));
    double rest = mantissa * INVERSES[nearby] - 1;
    double series = rest * (1 + rest * (-0.5 + rest * (1.0 / 3)));
    return exponent * LN_2 + LOGARITHMS[nearby] + series;
  }
}
