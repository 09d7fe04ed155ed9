package io.bayes4j.spark;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import java.util.List;

/**
 * What the rounds made.
 *
 * @param model with the merged posterior and the prior that it began with
 * @param rounds figures of each round, those before a resumption included
 * @param badRows how many rows were left out, see {@link DistributedTraining#badRows}
 */
public record TrainedNetwork(Layer model, List<RoundRecord> rounds, long badRows) {
  /**
   * Checks and copies the parts.
   *
   * @throws IllegalArgumentException if badRows is negative
   */
  public TrainedNetwork {
    Require.notNegative(badRows, "badRows");
    Require.nonNull(model, "model");
    rounds = List.copyOf(Require.elements(rounds, "rounds"));
  }
}
