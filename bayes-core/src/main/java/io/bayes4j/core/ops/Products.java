package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Shapes of products, checked before the operands are known. */
public final class Products {
  private Products() {}

  /** Of matrices [M, K] and [K, N]. */
  public static long[] shape(Var a, Var b) {
    Shapes.requireRank("a", a, 2);
    Shapes.requireRank("b", b, 2);
    Require.argument(
        a.size(1) == b.size(0),
        "inner lengths must be equal, got a %s and b %s",
        Require.text(a.shape()),
        Require.text(b.shape()));
    return new long[] {a.size(0), b.size(1)};
  }

  /** Of stacks of matrices [..., M, K] and [..., K, N], or the second one's transposed. */
  public static long[] stacked(Var a, Var b, boolean transposed) {
    long[] first = a.shape();
    long[] second = b.shape();
    int rank = first.length;
    Require.argument(
        rank >= 2
            && second.length == rank
            && Arrays.equals(first, 0, rank - 2, second, 0, rank - 2)
            && first[rank - 1] == second[rank - (transposed ? 1 : 2)],
        "matrices must have equal leading axes and inner lengths, got a %s and b %s%s",
        Require.text(a.shape()),
        Require.text(b.shape()),
        transposed ? " transposed" : "");
    long[] shape = first.clone();
    shape[rank - 1] = second[rank - (transposed ? 2 : 1)];
    return shape;
  }

  /** Of x [N, F] and the transpose of weight [U, F]. */
  public static long[] linear(Var x, Var weight, @Nullable Var bias) {
    Shapes.requireRank("x", x, 2);
    Shapes.requireRank("weight", weight, 2);
    Require.argument(
        x.size(1) == weight.size(1),
        "x must have %d features, got shape %s",
        weight.size(1),
        Require.text(x.shape()));
    Require.argument(
        bias == null || Arrays.equals(bias.shape(), new long[] {weight.size(0)}),
        "bias must have shape [%d], got %s",
        weight.size(0),
        bias);
    return new long[] {x.size(0), weight.size(0)};
  }
}
