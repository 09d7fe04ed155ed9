package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What attention is made of: products of stacks of matrices, and the softmax of each row. */
public final class Attentions {
  /** Floats of rows handed to a thread at once. */
  private static final int GRAIN = 1 << 13;

  private Attentions() {}

  /**
   * Products of matrices, one for each position of the leading axes: a [..., M, K] times b [..., K,
   * N].
   *
   * @throws IllegalArgumentException if the leading axes or the inner lengths differ, or there are
   *     less than two axes
   */
  public static Var matmul(Var a, Var b) {
    Require.open(a, "a");
    Require.open(b, "b");
    return Plan.operation(
        "matmuls",
        Products.stacked(a, b, false),
        List.of(a, b),
        () ->
            Var.result(
                Kernels.matmuls(a.value(), false, b.value(), false),
                List.of(a, b),
                (g, sink) -> {
                  sink.add(a, () -> Kernels.matmuls(g, false, b.value(), true));
                  sink.add(b, () -> Kernels.matmuls(a.value(), true, g, false));
                }));
  }

  /**
   * As {@link #matmul} with the second matrix of each product transposed: a [..., M, K] times b
   * [..., N, K].
   *
   * @throws IllegalArgumentException if the leading axes or the inner lengths differ, or there are
   *     less than two axes
   */
  public static Var matmulTransposed(Var a, Var b) {
    Require.open(a, "a");
    Require.open(b, "b");
    return Plan.operation(
        "matmuls transposed",
        Products.stacked(a, b, true),
        List.of(a, b),
        () ->
            Var.result(
                Kernels.matmuls(a.value(), false, b.value(), true),
                List.of(a, b),
                (g, sink) -> {
                  sink.add(a, () -> Kernels.matmuls(g, false, b.value(), false));
                  sink.add(b, () -> Kernels.matmuls(g, true, a.value(), false));
                }));
  }

  /**
   * e^x over its sum along the last axis, for numbers of any size.
   *
   * <p>An element of minus infinity gets zero, and a row that holds nothing else gets zeros: what
   * is masked takes no part, and if all is, there is nothing to share out.
   *
   * @throws IllegalArgumentException if x has no axis
   */
  public static Var softmax(Var x) {
    Require.open(x, "x");
    Require.argument(x.rank() >= 1, "x must have an axis, got a scalar");
    return Plan.unary(
        "softmax",
        x,
        () -> {
          INDArray y = Arena.allocate(x.shape());
          INDArray rows = Layout.ROW_MAJOR.ensure(x.value());
          int length = Math.toIntExact(x.size(x.rank() - 1));
          forRows(length, Attentions::softmaxRow, y, rows, rows);
          return Var.result(
              y,
              List.of(x),
              (g, sink) ->
                  sink.add(
                      x,
                      () -> {
                        INDArray gradX = Arena.allocate(x.shape());
                        INDArray upstream = Layout.ROW_MAJOR.ensure(g);
                        forRows(length, Attentions::gradientRow, gradX, upstream, y);
                        return gradX;
                      }));
        });
  }

  /** Changes a row in place, given another. */
  @FunctionalInterface
  private interface Row {
    void apply(float[] row, float[] other, int at, int length);
  }

  private static void forRows(int length, Row f, INDArray out, INDArray first, INDArray second) {
    FloatMemory to = FloatMemory.of(out, "out");
    FloatMemory from = FloatMemory.of(first, "first");
    FloatMemory other = FloatMemory.of(second, "second");
    Parallel.forRange(
        out.length() / length,
        Math.max(1, GRAIN / length),
        (begin, end) -> {
          int n = Math.toIntExact((end - begin) * length);
          float[] rows = new float[n];
          float[] others = new float[n];
          from.read(begin * length, rows, n);
          other.read(begin * length, others, n);
          for (int at = 0; at < n; at += length) {
            f.apply(rows, others, at, length);
          }
          to.write(begin * length, rows, n);
        });
  }

  private static void softmaxRow(float[] row, float[] x, int at, int length) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = at; i < at + length; i++) {
      max = Math.max(max, x[i]);
    }
    if (max == Float.NEGATIVE_INFINITY) {
      Arrays.fill(row, at, at + length, 0f);
      return;
    }
    double sum = 0;
    for (int i = at; i < at + length; i++) {
      row[i] = (float) Math.exp(x[i] - max);
      sum += row[i];
    }
    float factor = (float) (1 / sum);
    for (int i = at; i < at + length; i++) {
      row[i] *= factor;
    }
  }

  /** y * (g - sum(g * y)), in place of g. */
  private static void gradientRow(float[] g, float[] y, int at, int length) {
    double sum = 0;
    for (int i = at; i < at + length; i++) {
      sum += (double) g[i] * y[i];
    }
    for (int i = at; i < at + length; i++) {
      g[i] = (float) (y[i] * (g[i] - sum));
    }
  }
}
