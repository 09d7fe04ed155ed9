package io.bayes4j.core.uncertainty;

/**
 * Sums that depend neither on the order nor on the grouping of their terms.
 *
 * <p>Each term is rounded once to a multiple of 2^-52 and added in whole numbers; doubles would
 * round at every step, and the merged sums of two halves would differ from the sum of the whole.
 */
final class OrderFreeSums {
  private static final int FRACTION_BITS = 52;
  private static final double UNIT = 0x1p-52;

  private final long[] whole;
  private final long[] fraction;

  OrderFreeSums(int count) {
    whole = new long[count];
    fraction = new long[count];
  }

  /** Adds a finite term, far below 2^63 in size, to one of the sums. */
  void add(int sum, double term) {
    double floor = Math.floor(term);
    add(sum, (long) floor, Math.round((term - floor) / UNIT));
  }

  /** Adds all of as many others, each to its own. */
  void add(OrderFreeSums others) {
    for (int sum = 0; sum < whole.length; sum++) {
      add(sum, others.whole[sum], others.fraction[sum]);
    }
  }

  double value(int sum) {
    return whole[sum] + fraction[sum] * UNIT;
  }

  private void add(int sum, long otherWhole, long otherFraction) {
    long parts = fraction[sum] + otherFraction;
    fraction[sum] = parts & ((1L << FRACTION_BITS) - 1);
    whole[sum] += otherWhole + (parts >> FRACTION_BITS);
  }
}
