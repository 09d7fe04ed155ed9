package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import java.util.List;

/**
 * The same elements, row-major, under another shape.
 *
 * @param shape lengths, of which one may be -1 and follows from the others, and 0 stands for the
 *     input's length of the same axis
 */
public record Reshape(List<Long> shape) implements Layer {
  /**
   * Checks the lengths.
   *
   * @throws IllegalArgumentException if there is none, one is below -1, or several are -1
   */
  public Reshape {
    shape = List.copyOf(Require.elements(shape, "shape"));
    Require.argument(
        !shape.isEmpty()
            && shape.stream().allMatch(length -> length >= -1)
            && shape.stream().filter(length -> length == -1).count() <= 1,
        "shape must be lengths of at least 0, and at most one -1, got %s",
        shape);
  }

  /** A shape. */
  public static Reshape of(long... shape) {
    return new Reshape(Arrays.stream(Require.nonNull(shape, "shape")).boxed().toList());
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    long[] lengths = new long[shape.size()];
    for (int axis = 0; axis < lengths.length; axis++) {
      long length = shape.get(axis);
      Require.argument(
          length != 0 || axis < x.rank(),
          "x must have axis %d, whose length is kept, got shape %s",
          axis,
          Require.text(x.shape()));
      lengths[axis] = length == 0 ? x.size(axis) : length;
    }
    long known = Arrays.stream(lengths).filter(length -> length > 0).reduce(1, Math::multiplyExact);
    long elements = Arrays.stream(x.shape()).reduce(1, (a, b) -> a * b);
    Require.argument(
        shape.contains(-1L) ? elements % known == 0 : elements == known,
        "x must have as many elements as %s, got shape %s",
        shape,
        Require.text(x.shape()));
    return Ops.reshape(x, lengths);
  }

  @Override
  public String toString() {
    return "Reshape(" + shape + ")";
  }
}
