package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;

/** Layers that run one after the other, in slots named "0", "1", and so on. */
public final class Sequential extends Block {
  private Sequential(Layer... layers) {
    for (int i = 0; i < layers.length; i++) {
      slot(Integer.toString(i), layers[i]);
    }
  }

  /**
   * A chain of layers.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Sequential of(Layer... layers) {
    Require.elements(layers, "layers");
    Require.argument(layers.length > 0, "layers must not be empty");
    return new Sequential(layers);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.nonNull(pass, "pass");
    Var y = x;
    for (Slot<?> slot : slots()) {
      y = slot.forward(y, pass);
    }
    return y;
  }
}
