package io.bayes4j.examples.mnist;

import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.util.function.Function;

/** The networks of the example. */
@SuppressWarnings("ImmutableEnumChecker") // The functions hold no state.
enum Architecture {
  /** Two convolutions and two dense layers. */
  CNN("CNN, two convolutions and two dense layers", Zoo::mnistCnn),
  /** 784-400-400-10, as in Blundell et al. 2015. */
  MLP("perceptron 784-400-400-10", layers -> Zoo.mlp(layers, 784, 400, 400, 10)),
  /** 784-1024-10. */
  WIDE("perceptron 784-1024-10", layers -> Zoo.mlp(layers, 784, 1024, 10));

  private final String words;
  private final Function<LayerFactory, Sequential> build;

  Architecture(String words, Function<LayerFactory, Sequential> build) {
    this.words = words;
    this.build = build;
  }

  String words() {
    return words;
  }

  Sequential build(LayerFactory layers) {
    return build.apply(layers);
  }
}
