package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sums or means over some axes.
 *
 * @param kind what is computed
 * @param axes from 0, or from the end: -1 is the last
 * @param keepsAxes whether they stay, with length one
 */
public record Reduce(Kind kind, List<Integer> axes, boolean keepsAxes) implements Layer {
  /** What becomes of the elements along the axes. */
  public enum Kind {
    /** Their sum. */
    SUM,
    /** Their mean. */
    MEAN
  }

  /** Checks the parts. */
  public Reduce {
    Require.nonNull(kind, "kind");
    axes = List.copyOf(Require.elements(axes, "axes"));
    Require.argument(!axes.isEmpty(), "axes must not be empty");
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    int[] at = axes.stream().mapToInt(axis -> Axes.of(axis, x)).toArray();
    Var y = kind == Kind.SUM ? Ops.sum(x, at) : Ops.mean(x, at);
    if (keepsAxes) {
      return y;
    }
    long[] rest =
        IntStream.range(0, x.rank())
            .filter(axis -> Arrays.stream(at).noneMatch(one -> one == axis))
            .mapToLong(y::size)
            .toArray();
    return Ops.reshape(y, rest);
  }

  @Override
  public String toString() {
    return "Reduce(" + kind + ", " + axes + (keepsAxes ? ")" : ", without them)");
  }
}
