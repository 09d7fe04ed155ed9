package io.bayes4j.layers.io;

/** The IEEE 754 half-precision format: 1 sign bit, 5 of exponent, 10 of fraction. */
final class Half {
  private static final int FRACTION_BITS = 10;
  private static final int FRACTION_MASK = (1 << FRACTION_BITS) - 1;
  private static final int EXPONENT_MASK = 0x1f;
  private static final int WIDENING_SHIFT = 23 - FRACTION_BITS;
  private static final int EXPONENT_SHIFT = 127 - 15;
  private static final int FLOAT_INFINITY = 0x7f80_0000;

  /** The value of the last fraction bit of a number too small for an exponent. */
  private static final float SMALLEST = 0x1p-24f;

  private Half() {}

  /** Returns the bits of the float of the same value; the payload of a NaN is kept. */
  static int toFloatBits(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> FRACTION_BITS) & EXPONENT_MASK;
    int fraction = half & FRACTION_MASK;
    if (exponent == EXPONENT_MASK) {
      return sign | FLOAT_INFINITY | fraction << WIDENING_SHIFT;
    }
    if (exponent == 0) {
      return sign | Float.floatToRawIntBits(fraction * SMALLEST);
    }
    return sign | (exponent + EXPONENT_SHIFT) << 23 | fraction << WIDENING_SHIFT;
  }
}
