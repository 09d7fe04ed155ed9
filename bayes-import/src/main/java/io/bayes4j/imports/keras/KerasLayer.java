package io.bayes4j.imports.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer to be built.
 *
 * @param key unique name, with those of the models that it is in
 * @param type class, by its name in Keras 2 and 3
 * @param weights in Keras' order
 * @param file where they are from
 */
record KerasLayer(
    String key,
    String name,
    String type,
    Options options,
    List<StoredArray> weights,
    KerasFile file) {
  /** A new array of a weight by its number. */
  INDArray weight(int index, int rank) {
    return stored(index, rank).array();
  }

  /** A weight by its number. */
  StoredArray stored(int index, int rank) {
    if (index >= weights.size()) {
      throw new IllegalArgumentException(
          "layer "
              + KerasFile.clean(name)
              + " must have at least "
              + (index + 1)
              + " weights in the file, has "
              + weights.size());
    }
    StoredArray weight = weights.get(index);
    if (weight.rank() != rank) {
      throw new IllegalArgumentException(
          "weight "
              + index
              + " of layer "
              + KerasFile.clean(name)
              + " must have "
              + rank
              + " axes, has "
              + weight.rank());
    }
    return weight;
  }

  boolean bias() {
    return options.flag(true, "use_bias", "bias");
  }

  boolean channelsFirst() {
    return channelsFirst(options.get("data_format", "dim_ordering"));
  }

  static boolean channelsFirst(JsonNode node) {
    JsonNode format = node.isObject() ? node.path("data_format") : node;
    JsonNode order = node.isObject() ? node.path("dim_ordering") : node;
    return format.asText().equals("channels_first") || order.asText().equals("th");
  }

  /** Another layer that is made of a part of this one. */
  KerasLayer part(String suffix, String other, Options options, List<StoredArray> weights) {
    return new KerasLayer(key + suffix, name + suffix, other, options, weights, file);
  }
}
