package io.bayes4j.convert;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.PredictionOnly;
import io.bayes4j.layers.Rewriting;
import io.bayes4j.layers.variational.VariationalLayer;
import io.bayes4j.layers.variational.VariationalLayers;

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
    Rewriting rewriting = Rewriting.of(model);
    for (Located place : rewriting.places()) {
      if (place.layer() instanceof VariationalLayer bayesian) {
        rewriting.replace(place, plain(place, bayesian));
      }
    }
    return rewriting.finish();
  }

  private static Layer plain(Located place, VariationalLayer bayesian) {
    return VariationalLayers.plain(bayesian)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "layer \"" + place.path() + "\" has no plain kind: " + bayesian));
  }
}
