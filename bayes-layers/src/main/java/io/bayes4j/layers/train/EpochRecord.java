package io.bayes4j.layers.train;

import io.bayes4j.core.internal.Require;
import java.util.Map;

/**
 * What happened in an epoch.
 *
 * @param epoch number, from 1
 * @param loss mean over the steps of the loss that was minimised, per example
 * @param negativeLogLikelihood its likelihood part, nats per example
 * @param kl its divergence part, beta KL / N, nats per example
 * @param learningRate at the end of the epoch
 * @param gradientNorm mean over the steps, before clipping
 * @param seconds wall time, validation included
 * @param training other figures of the training batches, such as accuracy
 * @param validation figures on the validation set, empty without one
 */
public record EpochRecord(
    int epoch,
    double loss,
    double negativeLogLikelihood,
    double kl,
    double learningRate,
    double gradientNorm,
    double seconds,
    Map<String, Double> training,
    Map<String, Double> validation) {
  /** Copies the maps. */
  public EpochRecord {
    Require.entries(training, "training");
    Require.entries(validation, "validation");
    training = Map.copyOf(training);
    validation = Map.copyOf(validation);
  }
}
