package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.internal.FloatMemory;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Factors of the elements of each example's row, [N, length]; or ones. */
final class RowFactors {
  /** Null for ones. */
  private final @Nullable FloatMemory memory;

  private final int length;

  private RowFactors(@Nullable FloatMemory memory, int length) {
    this.memory = memory;
    this.length = length;
  }

  /**
   * Given factors.
   *
   * @param factors [N, length], or null for ones
   */
  static RowFactors of(@Nullable INDArray factors) {
    return factors == null
        ? new RowFactors(null, 0)
        : new RowFactors(FloatMemory.reading(factors, "factors"), Math.toIntExact(factors.size(1)));
  }

  /** Whether they change nothing. */
  boolean areOnes() {
    return memory == null;
  }

  /** Those of a range of examples, row after row; null for ones, as {@link RowLoops} takes them. */
  float @Nullable [] range(int first, int rows) {
    if (memory == null) {
      return null;
    }
    float[] range = new float[rows * length];
    memory.read((long) first * length, range, range.length);
    return range;
  }
}
