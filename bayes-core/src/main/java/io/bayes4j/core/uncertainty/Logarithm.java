package io.bayes4j.core.uncertainty;

/**
 * The natural logarithm of floats in a few products, without a branch, where {@code Math.log} takes
 * most of a measure's time.
 */
final class Logarithm {
  /** The bits of the root of one half: mantissas lie from there to its double. */
  private static final int ROOT_OF_HALF = 0x3f3504f3;

  private static final double LN_2 = 0.6931471805599453;

  private Logarithm() {}

  /**
   * The logarithm of a float that is not negative, finite, and no subnormal: within 1e-9 of it,
   * relatively. Of zero and subnormals it is some number below -87, so that p log p is 0 or as good
   * as 0.
   */
  static double of(float x) {
    int bits = Float.floatToRawIntBits(x);
    int exponent = (bits - ROOT_OF_HALF) >> 23;
    double mantissa = Float.intBitsToFloat(bits - (exponent << 23));
    double s = (mantissa - 1) / (mantissa + 1);
    double q = s * s;
    // 2 atanh(s), of which |s| is at most 0.1716.
    double series =
        2.0 / 3 + q * (2.0 / 5 + q * (2.0 / 7 + q * (2.0 / 9 + q * (2.0 / 11 + q * (2.0 / 13)))));
    return exponent * LN_2 + s * (2 + q * series);
  }
}
