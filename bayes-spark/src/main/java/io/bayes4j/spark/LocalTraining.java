package io.bayes4j.spark;

import io.bayes4j.layers.Layer;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import java.io.Serializable;

/**
 * How a part trains in a round: loss, epochs, batch size, learning rate. Sent to the executors, so
 * a lambda must not hold what cannot be.
 *
 * <pre>{@code
 * LocalTraining local =
 *     (model, data) ->
 *         Trainer.of(model, Losses.crossEntropy(), data).epochs(2).learningRate(1e-3);
 * }</pre>
 */
@FunctionalInterface
public interface LocalTraining extends Serializable {
  /** A run whose seed and weight of the divergence will be set. */
  Trainer.Builder of(Layer model, Dataset data);
}
