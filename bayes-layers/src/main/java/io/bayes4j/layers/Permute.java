package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import java.util.List;

/**
 * The axes in another order.
 *
 * @param axes which axis of the input each of the output is
 */
public record Permute(List<Integer> axes) implements Layer {
  /**
   * Checks the axes.
   *
   * @throws IllegalArgumentException if they are no permutation
   */
  public Permute {
    axes = List.copyOf(Require.elements(axes, "axes"));
    int rank = axes.size();
    Require.argument(
        rank > 0
            && axes.stream().distinct().count() == rank
            && axes.stream().allMatch(axis -> axis >= 0 && axis < rank),
        "axes must be a permutation of 0 to %d, got %s",
        rank - 1,
        axes);
  }

  /** An order. */
  public static Permute of(int... axes) {
    return new Permute(Arrays.stream(Require.nonNull(axes, "axes")).boxed().toList());
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(
        x.rank() == axes.size(),
        "x must have %d axes, got shape %s",
        axes.size(),
        Require.text(x.shape()));
    return Ops.permute(x, axes.stream().mapToInt(axis -> axis).toArray());
  }

  @Override
  public String toString() {
    return "Permute(" + axes + ")";
  }
}
