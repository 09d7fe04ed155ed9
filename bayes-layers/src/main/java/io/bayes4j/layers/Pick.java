package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.conv.Taps;
import java.util.List;

/**
 * Elements along an axis by their numbers, in any order.
 *
 * @param axis from 0, or from the end: -1 is the last
 * @param indices numbers of elements; negative ones count from the end
 */
public record Pick(int axis, List<Integer> indices) implements Layer {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Pick {
    indices = List.copyOf(Require.elements(indices, "indices"));
    Require.argument(!indices.isEmpty(), "indices must not be empty");
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    int at = Axes.of(axis, x);
    int length = Math.toIntExact(x.size(at));
    for (int index : indices) {
      Require.argument(
          index >= -length && index < length,
          "x must have element %d along axis %d, got length %d",
          index,
          at,
          length);
    }
    int[] taken = indices.stream().mapToInt(i -> i < 0 ? i + length : i).toArray();
    return Taps.pick(length, taken).along(x, at);
  }

  @Override
  public String toString() {
    boolean many = indices.size() > 6;
    return "Pick(axis " + axis + ", " + (many ? indices.size() + " elements" : indices) + ")";
  }
}
