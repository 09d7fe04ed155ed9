package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import java.util.stream.IntStream;

/** Numbers of axes, from the begin or the end. */
final class Axes {
  private Axes() {}

  /**
   * An axis counted from the begin.
   *
   * @param axis may be negative: -1 is the last
   * @throws IllegalArgumentException if x has no such axis
   */
  static int of(int axis, Var x) {
    int rank = x.rank();
    Require.argument(
        axis >= -rank && axis < rank,
        "x must have axis %d, got shape %s",
        axis,
        Require.text(x.shape()));
    return axis < 0 ? axis + rank : axis;
  }

  /** The permutation that swaps two axes. */
  static int[] swap(int a, int b, int rank) {
    return IntStream.range(0, rank).map(i -> i == a ? b : i == b ? a : i).toArray();
  }
}
