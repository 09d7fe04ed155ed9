package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gathers what a model returns for pieces of the examples into [samples, N, ...], once the first
 * output has shown the rest of the shape.
 */
final class DrawCollector {
  private final long samples;
  private final long examples;
  private @Nullable INDArray all;
  private @Nullable FloatMemory memory;

  /** Axes of an example's row; null until the first output. */
  private long @Nullable [] row;

  DrawCollector(long samples, long examples) {
    this.samples = samples;
    this.examples = examples;
  }

  /**
   * Takes the output of a draw for the examples from ... to - 1.
   *
   * @throws IllegalArgumentException if it does not have a row for each of them, or rows of another
   *     shape than those before
   */
  void put(long sample, long from, long to, INDArray y) {
    Require.argument(
        y.rank() >= 1 && y.size(0) == to - from,
        "the model must return a row for each example, got %d rows for %d examples (shape %s)",
        y.rank() == 0 ? 0 : y.size(0),
        to - from,
        Require.text(y.shape()));
    begin(y);
    float[] values = new float[Math.toIntExact(y.length())];
    FloatMemory.of(Layout.ROW_MAJOR.ensure(y), "y").read(0, values, values.length);
    long perExample = y.length() / y.size(0);
    Objects.requireNonNull(memory)
        .write((sample * examples + from) * perExample, values, values.length);
  }

  private synchronized void begin(INDArray y) {
    long[] rest = Arrays.copyOfRange(y.shape(), 1, y.rank());
    if (all == null) {
      Require.argument(
          !y.isEmpty(), "the model must return numbers, got shape %s", Require.text(y.shape()));
      long[] shape = new long[y.rank() + 1];
      shape[0] = samples;
      shape[1] = examples;
      System.arraycopy(rest, 0, shape, 2, rest.length);
      all = Detached.forDraws(shape);
      memory = FloatMemory.of(all, "outputs");
      row = rest;
    }
    Require.argument(
        Arrays.equals(rest, row),
        "the model must return rows of one shape for all examples and draws, got %s and %s",
        Arrays.toString(row),
        Require.text(rest));
  }

  /** [samples, N, ...]. */
  INDArray all() {
    return Objects.requireNonNull(all);
  }
}
