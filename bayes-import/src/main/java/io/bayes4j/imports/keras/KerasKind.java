package io.bayes4j.imports.keras;

import java.util.List;

/** What adds the layers of a Keras class to a network. */
@FunctionalInterface
interface KerasKind {
  /**
   * Adds a layer.
   *
   * @param inputs at least one
   * @throws Unsupported if it has an option that there is nothing for here
   */
  Value add(Net net, KerasLayer layer, List<Value> inputs);
}
