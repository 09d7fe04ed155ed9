package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Softmax;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What attention is made of: products of stacks of matrices, and the softmax of each row. */
public final class Attentions {
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
          int axis = x.rank() - 1;
          INDArray y = Softmax.of(x.value(), axis);
          return Var.result(
              y, List.of(x), (g, sink) -> sink.add(x, () -> Softmax.backward(y, g, axis)));
        });
  }
}
