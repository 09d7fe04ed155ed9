package io.bayes4j.imports.keras;

import java.util.List;
import java.util.Optional;

/**
 * A result in the network that is built.
 *
 * @param node its name in the graph
 * @param given shape as Keras has it, without the axis of examples; -1 for an unknown length; empty
 *     if the file does not say it
 * @param moved whether the channels are first here and last in Keras
 * @param flattened shape before a Flatten that took the elements with channels first; empty if they
 *     lie as in Keras
 */
record Value(
    String node, Optional<List<Integer>> given, boolean moved, Optional<List<Integer>> flattened) {
  /** A result of a layer that could not be read. */
  static final Value UNREAD = new Value("", Optional.empty(), false, Optional.empty());

  /** A result whose elements lie as in Keras. */
  static Value same(String node, List<Integer> shape) {
    return of(node, shape, false);
  }

  /** A result of a known shape. */
  static Value of(String node, List<Integer> shape, boolean moved) {
    return new Value(node, Optional.of(shape), moved, Optional.empty());
  }

  /** The same elements under another name, in the same order. */
  Value at(String other) {
    return new Value(other, given, moved, flattened);
  }

  /** The shape, which must be known. */
  List<Integer> shape() {
    return given.orElseThrow(() -> new Unsupported("the shape of its input must be in the file"));
  }

  int rank() {
    return shape().size();
  }

  /** Length of the last axis in Keras. */
  int channels() {
    return length(rank() - 1);
  }

  /** A length that must be known. */
  int length(int axis) {
    int length = shape().get(axis);
    if (length <= 0) {
      throw new Unsupported("axis " + (axis + 1) + " of its input must have a length in the file");
    }
    return length;
  }
}
