package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gathers [samples, N, steps, ...] once the first output has shown the rest of the shape. */
final class RolloutPaths {
  private final int samples;
  private final long examples;
  private final int steps;
  private @Nullable INDArray all;
  private @Nullable FloatMemory memory;

  RolloutPaths(int samples, long examples, int steps) {
    this.samples = samples;
    this.examples = examples;
    this.steps = steps;
  }

  void put(int sample, int step, INDArray y) {
    begin(y);
    float[] values = FloatMemory.numbers(y, "y");
    int length = Math.toIntExact(values.length / examples);
    for (int n = 0; n < examples; n++) {
      long at = ((sample * examples + n) * steps + step) * length;
      Objects.requireNonNull(memory).write(at, values, n * length, length);
    }
  }

  INDArray all() {
    return Objects.requireNonNull(all);
  }

  private synchronized void begin(INDArray y) {
    if (all == null) {
      long[] shape = new long[y.rank() + 2];
      shape[0] = samples;
      shape[1] = examples;
      shape[2] = steps;
      System.arraycopy(y.shape(), 1, shape, 3, y.rank() - 1);
      all = Detached.create(DataType.FLOAT, shape);
      memory = FloatMemory.of(all, "paths");
    }
  }
}
