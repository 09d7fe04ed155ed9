package io.bayes4j.onednn;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Scratch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sums of arrays that lie one after the other. */
final class Terms {
  private Terms() {}

  /**
   * Overwrites an array with the sum of terms, added in their order.
   *
   * @param terms one in each row
   */
  static void add(INDArray terms, INDArray sum) {
    FloatMemory from = FloatMemory.of(terms, "terms");
    FloatMemory to = FloatMemory.of(sum, "sum");
    Parallel.forRange(
        to.length(),
        Scratch.SIZE,
        (first, end) -> {
          try (Scratch scratch = Scratch.open()) {
            int n = (int) (end - first);
            float[] total = scratch.array();
            float[] term = scratch.array();
            from.read(first, total, n);
            for (long at = first + to.length(); at < from.length(); at += to.length()) {
              from.read(at, term, n);
              add(term, total, n);
            }
            to.write(first, total, n);
          }
        });
  }

  private static void add(float[] term, float[] total, int n) {
    for (int i = 0; i < n; i++) {
      total[i] += term[i];
    }
  }
}
