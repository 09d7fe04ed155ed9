package io.bayes4j.spark;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import java.util.List;

/**
 * What the rounds made.
 *
 * @param model with the merged posterior and the prior that it began with
 * @param rounds figures of each round, those before a resumption included
 */
public record TrainedNetwork(Layer model, List<RoundRecord> rounds) {
  /** Checks and copies the parts. */
  public TrainedNetwork {
    Require.nonNull(model, "model");
    rounds = List.copyOf(Require.elements(rounds, "rounds"));
  }
}
