package io.bayes4j.core.uncertainty;

import java.math.BigInteger;

/**
 * The sum of any doubles, rounded once: it depends neither on the order nor on the grouping of its
 * terms, and loses neither large nor small ones.
 *
 * <p>The exact sum is kept in whole numbers of 2^-1074, the least double, in digits of 32 bits
 * (Kulisch 1971), each with room for the carries of 2^30 terms.
 */
final class OrderFreeSum {
  private static final int LEAST_EXPONENT = -1074;
  private static final int DIGIT_BITS = 32;
  private static final long DIGIT = (1L << DIGIT_BITS) - 1;

  /** Digits of the largest double, and room above for sums of 2^63 of them. */
  private static final int DIGITS = (1024 - LEAST_EXPONENT + 63) / DIGIT_BITS + 2;

  private static final int MOST_UNCARRIED = 1 << 30;

  /** More bits than a double has, and one that says whether others follow. */
  private static final int KEPT_BITS = 62;

  private final long[] digits = new long[DIGITS];

  /** Terms, each below 2^33 in a digit, since the last carry. */
  private int uncarried;

  /** The sum of the terms that are not finite; 0 without any. */
  private double unbounded;

  /** Adds a term. */
  void add(double term) {
    if (!Double.isFinite(term)) {
      unbounded += term;
      return;
    }
    long bits = Double.doubleToRawLongBits(term);
    int exponent = (int) (bits >>> 52) & 0x7ff;
    long fraction = bits & ((1L << 52) - 1);
    // Of a normal number the first bit is not written; of the others the exponent is that of 1.
    long whole = exponent == 0 ? fraction : fraction | (1L << 52);
    int place = Math.max(exponent, 1) - 1;
    add(place / DIGIT_BITS, place % DIGIT_BITS, whole, bits < 0 ? -1 : 1);
  }

  private void add(int digit, int shift, long whole, int sign) {
    long low = (whole & DIGIT) << shift;
    long high = (whole >>> DIGIT_BITS) << shift;
    digits[digit] += sign * (low & DIGIT);
    digits[digit + 1] += sign * ((low >>> DIGIT_BITS) + (high & DIGIT));
    digits[digit + 2] += sign * (high >>> DIGIT_BITS);
    uncarried++;
    if (uncarried >= MOST_UNCARRIED) {
      carry();
    }
  }

  /** Adds all terms of another sum. */
  void add(OrderFreeSum other) {
    if (uncarried >= MOST_UNCARRIED - other.uncarried - 1) {
      carry();
    }
    for (int i = 0; i < DIGITS; i++) {
      digits[i] += other.digits[i];
    }
    uncarried += other.uncarried + 1;
    unbounded += other.unbounded;
  }

  /** Leaves in each digit but the last less than a digit holds. */
  private void carry() {
    for (int i = 0; i < DIGITS - 1; i++) {
      digits[i + 1] += digits[i] >> DIGIT_BITS;
      digits[i] &= DIGIT;
    }
    uncarried = 0;
  }

  /** The double that is nearest to the exact sum. */
  double value() {
    if (unbounded != 0) {
      return unbounded;
    }
    BigInteger sum = BigInteger.ZERO;
    for (int i = DIGITS - 1; i >= 0; i--) {
      sum = sum.shiftLeft(DIGIT_BITS).add(BigInteger.valueOf(digits[i]));
    }
    BigInteger size = sum.abs();
    int cut = Math.max(0, size.bitLength() - KEPT_BITS);
    boolean more = cut > 0 && size.getLowestSetBit() < cut;
    long first = size.shiftRight(cut).longValueExact() << 1 | (more ? 1 : 0);
    return sum.signum() * Math.scalb((double) first, cut + LEAST_EXPONENT - 1);
  }
}
