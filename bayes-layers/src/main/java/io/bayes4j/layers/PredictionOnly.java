package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layers.Located;

/**
 * A layer that predicts and nothing else: its weights are 8-bit integers, or other numbers that can
 * neither be trained nor be given a posterior.
 */
public interface PredictionOnly extends Layer {
  /**
   * Refuses models with such a layer.
   *
   * @param deed what needs other weights, in a word such as "train"
   * @throws IllegalArgumentException naming the first of them
   */
  static void refuseIn(Layer model, String deed) {
    Require.nonNull(model, "model");
    Require.nonNull(deed, "deed");
    for (Located place : Layers.of(model)) {
      Require.argument(
          !(place.layer() instanceof PredictionOnly),
          "model must have float weights to %1$s, but layer \"%2$s\" is %3$s: %1$s the float model,"
              + " then quantize it",
          deed,
          place.path(),
          place.layer());
    }
  }
}
