package io.bayes4j.imports.keras;

import java.util.List;

/**
 * A result in the network that is built.
 *
 * @param node its name in the graph
 * @param shape as Keras has it, without the axis of examples; -1 for an unknown length; null if
 *     nothing is known
 * @param moved whether the channels are first here and last in Keras
 * @param flattened shape before a Flatten that took the elements with channels first; null if they
 *     lie as in Keras
 */
record Value(String node, List<Integer> shape, boolean moved, List<Integer> flattened) {
  /** A result whose elements lie as in Keras. */
  static Value same(String node, List<Integer> shape) {
    return new Value(node, shape, false, null);
  }

  /** The same elements under another name, in the same order. */
  Value at(String other) {
    return new Value(other, shape, moved, flattened);
  }

  int rank() {
    if (shape == null) {
      throw new Unsupported("the shape of its input must be in the file");
    }
    return shape.size();
  }

  /** Length of the last axis in Keras. */
  int channels() {
    return length(rank() - 1);
  }

  /** A length that must be known. */
  int length(int axis) {
    int length = shape.get(axis);
    if (length <= 0) {
      throw new Unsupported("axis " + (axis + 1) + " of its input must have a length in the file");
    }
    return length;
  }
}
