package io.bayes4j.imports.keras;

import io.bayes4j.imports.format.MalformedModelFileException;
import java.util.List;

/** The weights of a model's layers. */
interface KerasWeights {
  /**
   * The weights of a layer in Keras' order; empty if it has none.
   *
   * @param path names of the layer's models and of the layer itself; where the file numbers layers
   *     by class instead, they are those names
   */
  List<StoredArray> of(List<Name> path) throws MalformedModelFileException;

  /**
   * What a layer is called.
   *
   * @param own by the model
   * @param byClass by an archive: the class, and a number from the second one of a class on
   */
  record Name(String own, String byClass) {}
}
