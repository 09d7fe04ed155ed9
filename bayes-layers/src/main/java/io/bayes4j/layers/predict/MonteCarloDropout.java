package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Mode;

/**
 * Predicts with dropout left on, each draw a network with other units dropped (Gal and Ghahramani
 * 2016): a posterior for a network that was trained with dropout, without another training.
 *
 * <pre>{@code
 * Prediction prediction = MonteCarloDropout.of(model).samples(50).classify(images);
 * }</pre>
 *
 * <p>Dropout alone is switched on: batch normalisation keeps its running statistics, as {@link
 * Mode#DROPOUT_SAMPLE} says.
 */
public final class MonteCarloDropout {
  private MonteCarloDropout() {}

  /**
   * Prediction with 30 draws of the dropped units.
   *
   * @throws IllegalArgumentException if no layer of the model drops anything, so that all draws
   *     would be equal
   */
  public static MonteCarlo of(Layer model) {
    Require.nonNull(model, "model");
    Require.argument(
        Layers.of(model).stream().anyMatch(place -> RandomLayers.drops(place.layer())),
        "model must have dropout with p > 0, in a Dropout layer or between recurrent layers, got %s",
        model);
    return MonteCarlo.of(model).mode(Mode.DROPOUT_SAMPLE);
  }
}
