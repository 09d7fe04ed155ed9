package io.bayes4j.layers.sweep;

import io.bayes4j.core.testing.sweep.ArgumentSweep;
import io.bayes4j.core.testing.sweep.Examples;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.Graph;

/** Right arguments of graphs and of the layers that they are made of. */
final class GraphKinds {
  private GraphKinds() {}

  static void put(Examples examples) {
    examples
        .put("Graph", () -> builder().build("node"))
        .put("Graph.Builder", GraphKinds::builder)
        .put("Graph.Builder.add.inputs", () -> new String[] {"x"})
        .put("Graph.Builder.build.output", () -> "node")
        .put("Graph.Builder.add.layer", () -> Activation.RELU)
        .put("MultiInputLayer", () -> Arithmetic.ADD)
        .put("Arithmetic", () -> Arithmetic.ADD)
        .put("Concat", () -> new Concat(1));
  }

  static void allow(ArgumentSweep sweep) {
    sweep
        .allow("Graph.*(x) *|Arithmetic.*(x) *|Concat.*(x) *|MultiInputLayer.*(x) *", "any shape")
        .allow("Concat.new(axis) *", "checked with the input, whose rank it needs")
        .allow("Graph.*(*) blank", "a name that users give");
  }

  private static Graph.Builder builder() {
    return Graph.from("x").add("node", Activation.RELU, "x");
  }
}
