package io.bayes4j.report;

import java.util.stream.IntStream;

/** Evenly spaced examples of many, so that a page of a million is no larger than of a thousand. */
final class Thinned {
  private Thinned() {}

  /**
   * Indices in [0, count): all, or about as many as are wanted, the first and the last included.
   */
  static int[] of(int count, int most) {
    return count <= most
        ? IntStream.range(0, count).toArray()
        : IntStream.range(0, most)
            .map(i -> (int) Math.round(i * (count - 1.0) / (most - 1)))
            .toArray();
  }
}
