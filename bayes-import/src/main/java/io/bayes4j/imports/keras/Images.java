package io.bayes4j.imports.keras;

import java.util.ArrayList;
import java.util.List;

/**
 * The input of a layer that moves windows over spatial axes, with channels first here.
 *
 * @param value the input
 * @param spatial lengths of the spatial axes; -1 for an unknown one
 * @param channels number of channels
 * @param first whether Keras has channels first too
 */
record Images(Value value, List<Integer> spatial, int channels, boolean first) {
  static Images of(Net net, KerasLayer layer, Value input, int rank) {
    if (input.rank() != rank + 1) {
      throw new Unsupported("its input must have " + (rank + 1) + " axes, has " + input.shape());
    }
    boolean first = layer.channelsFirst();
    List<Integer> shape = input.shape();
    Value value = first ? net.same(input) : net.moved(input);
    return first
        ? new Images(value, shape.subList(1, rank + 1), value.length(0), true)
        : new Images(value, shape.subList(0, rank), value.length(rank), false);
  }

  /** A result of the same kind. */
  Value result(String node, List<Integer> lengths, int channels) {
    List<Integer> shape = new ArrayList<>(lengths);
    shape.add(first ? 0 : shape.size(), channels);
    return Value.of(node, shape, !first);
  }
}
