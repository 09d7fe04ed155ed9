package io.bayes4j.core.uncertainty;

/**
 * A sum that depends neither on the order nor on the grouping of its terms.
 *
 * <p>Each term is rounded once to a multiple of 2^-52 and added in whole numbers; doubles would
 * round at every step, and the merged sums of two halves would differ from the sum of the whole.
 */
final class OrderFreeSum {
  private static final int FRACTION_BITS = 52;
  private static final double UNIT = 0x1p-52;

  private long whole;
  private long fraction;

  /** Adds a finite term, far below 2^63 in size. */
  void add(double term) {
    double floor = Math.floor(term);
    add((long) floor, Math.round((term - floor) / UNIT));
  }

  void add(OrderFreeSum other) {
    add(other.whole, other.fraction);
  }

  double value() {
    return whole + fraction * UNIT;
  }

  private void add(long otherWhole, long otherFraction) {
    long sum = fraction + otherFraction;
    fraction = sum & ((1L << FRACTION_BITS) - 1);
    whole += otherWhole + (sum >> FRACTION_BITS);
  }
}
