package io.bayes4j.layers.zoo;

import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MultiInputLayer;
import java.util.ArrayList;
import java.util.List;

/** Named layers that run one after the other, with branches here and there. */
final class Chain {
  static final String INPUT = "x";

  private final Graph.Builder graph;
  private String last = INPUT;

  /**
   * A chain that begins with {@link #INPUT}.
   *
   * @param others names of further inputs
   */
  Chain(String... others) {
    graph = Graph.from(INPUT, others);
  }

  /** A layer that reads what came before. */
  Chain add(String name, Layer layer) {
    return from(name, layer, last);
  }

  /** A layer that reads something else. */
  Chain from(String name, Layer layer, String input) {
    graph.add(name, layer, input);
    last = name;
    return this;
  }

  /** A layer of several arrays, the last of which is what came before. */
  Chain join(String name, MultiInputLayer layer, String... others) {
    List<String> inputs = new ArrayList<>(List.of(others));
    inputs.add(last);
    graph.add(name, layer, inputs.toArray(String[]::new));
    last = name;
    return this;
  }

  /** Adds what came before to something else. */
  Chain plus(String other) {
    return join("plus_" + other, Arithmetic.ADD, other);
  }

  /** Name of the newest layer. */
  String last() {
    return last;
  }

  Graph build() {
    return graph.build(last);
  }
}
