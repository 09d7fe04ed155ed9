package io.bayes4j.core.uncertainty;

/** A sum that depends neither on the order nor on the grouping of its terms. */
final class OrderFreeSum {
  private final OrderFreeSums sums = new OrderFreeSums(1);

  /** Adds a finite term, far below 2^63 in size. */
  void add(double term) {
    sums.add(0, term);
  }

  void add(OrderFreeSum other) {
    sums.add(other.sums);
  }

  double value() {
    return sums.value(0);
  }
}
