package io.bayes4j.convert;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.PredictionOnly;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.variational.VariationalLayer;
import io.bayes4j.layers.variational.VariationalLayers;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Turns a Bayesian network into the plain one at its posterior mean: as fast and as small as it was
 * before {@link DnnToBnn}, and its state has PyTorch's names again.
 *
 * <pre>{@code
 * Layer plain = BnnToDnn.freeze(model);
 * }</pre>
 */
public final class BnnToDnn {
  private BnnToDnn() {}

  /**
   * Replaces every Bayesian layer by its plain kind with the posterior's means as weights. Names,
   * options, ties, buffers and frozen weights are kept; what is plain already stays.
   *
   * @param model the slots of its blocks are refilled; save it first if the posterior is needed
   * @return the model; another layer if the root itself was Bayesian
   * @throws IllegalArgumentException if a layer has no plain kind, a slot does not accept it, or
   *     the model is quantized, naming the layer's path; nothing is changed then
   */
  public static Layer freeze(Layer model) {
    Require.nonNull(model, "model");
    PredictionOnly.refuseIn(model, "freeze");
    IdentityHashMap<Layer, List<Slot<?>>> holders = Layers.holders(model);
    IdentityHashMap<Layer, Layer> replacements = new IdentityHashMap<>();
    for (Located place : Layers.of(model)) {
      if (place.layer() instanceof VariationalLayer bayesian) {
        replacements.put(bayesian, plain(place, bayesian, Require.entry(holders, bayesian)));
      }
    }
    return Layers.replace(model, replacements);
  }

  private static Layer plain(Located place, VariationalLayer bayesian, List<Slot<?>> holders) {
    Layer plain =
        VariationalLayers.plain(bayesian)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "layer \"" + place.path() + "\" has no plain kind: " + bayesian));
    for (Slot<?> slot : holders) {
      Require.argument(
          slot.accepts(plain),
          "the slot of layer \"%s\" does not accept a %s",
          place.path(),
          plain.getClass().getSimpleName());
    }
    return plain;
  }
}
