package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A loss that is a sum over the outputs of an example, averaged over the examples.
 *
 * <p>Examples are read, a few at a time, into heap arrays; nothing as large as the logits is kept
 * for the gradient. Sums are taken in one order, whatever the number of threads.
 */
final class ExampleLoss {
  /** Floats that a thread takes at once. */
  private static final int GRAIN = 1 << 14;

  /**
   * A gradient nearer to zero is zero: it changes no weight, and the denormal numbers that it
   * becomes in a network that fits its data make products take two or three times as long on some
   * processors.
   */
  private static final float LEAST = 1e-30f;

  private ExampleLoss() {}

  /** What one example costs. */
  interface Term {
    /**
     * The loss of an example.
     *
     * @param x holds its outputs, row-major, from the place at on; may be written over
     */
    double value(float[] x, int at, int example);

    /** Writes the gradient by the outputs over them, times a factor. */
    void gradient(float[] x, int at, int example, float factor);
  }

  /**
   * Mean over the examples of weight times loss.
   *
   * @param logits [N, ...]
   * @param weights one for each example; null for ones
   */
  static Var mean(Var logits, float @Nullable [] weights, Term term) {
    INDArray value = Layout.ROW_MAJOR.ensure(logits.value());
    int n = Math.toIntExact(value.size(0));
    Classification.requireWeights("exampleWeights", weights, n);
    double[] losses = new double[n];
    forExamples(
        value,
        (rows, from, to, length) -> {
          for (int i = from; i < to; i++) {
            double weight = weights == null ? 1 : weights[i];
            losses[i] = weight * term.value(rows, (i - from) * length, i);
          }
        });
    double sum = 0;
    for (double loss : losses) {
      sum += loss;
    }
    return Var.result(
        Detached.fill(Arena.allocate(), sum / n),
        List.of(logits),
        (g, sink) -> sink.add(logits, () -> gradient(value, weights, term, g.getFloat(0) / n)));
  }

  private static INDArray gradient(
      INDArray value, float @Nullable [] weights, Term term, float factor) {
    INDArray out = Arena.allocate(value.shape());
    FloatMemory memory = FloatMemory.of(out, "gradient");
    forExamples(
        value,
        (rows, from, to, length) -> {
          for (int i = from; i < to; i++) {
            float own = weights == null ? factor : factor * weights[i];
            term.gradient(rows, (i - from) * length, i, own);
          }
          dropDenormal(rows);
          memory.write((long) from * length, rows, rows.length);
        });
    return out;
  }

  private static void dropDenormal(float[] gradient) {
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = Math.abs(gradient[i]) < LEAST ? 0f : gradient[i];
    }
  }

  /** Some examples that have been read. */
  @FunctionalInterface
  private interface Rows {
    void apply(float[] rows, int from, int to, int length);
  }

  private static void forExamples(INDArray value, Rows work) {
    FloatMemory memory = FloatMemory.of(value, "logits");
    int length = Math.toIntExact(value.length() / value.size(0));
    Parallel.forRange(
        value.size(0),
        Math.max(1, GRAIN / length),
        (from, to) -> {
          float[] rows = new float[Math.multiplyExact(Math.toIntExact(to - from), length)];
          memory.read(from * length, rows, rows.length);
          work.apply(rows, (int) from, (int) to, length);
        });
  }
}
