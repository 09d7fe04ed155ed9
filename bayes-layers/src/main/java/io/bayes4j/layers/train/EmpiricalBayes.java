package io.bayes4j.layers.train;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.variational.Priors;

/**
 * Fits the sigma of every prior to the posterior while training goes on: a listener that calls
 * {@link Priors#fit} after each epoch from one on, once the weights have left where they started.
 *
 * <pre>{@code
 * Trainer.of(model, loss, data).epochs(400).listener(EmpiricalBayes.of(model, 100)).build().fit();
 * }</pre>
 *
 * <p>Priors are part of a checkpoint, so that a resumed run gives the same numbers. The bound then
 * is one with priors that have seen the data: right for a few sigmas, and no ground to compare
 * models by.
 */
public final class EmpiricalBayes implements TrainingListener {
  private final Layer model;
  private final int fromEpoch;

  private EmpiricalBayes(Layer model, int fromEpoch) {
    this.model = model;
    this.fromEpoch = fromEpoch;
  }

  /**
   * A listener for the training of a model.
   *
   * @param fromEpoch first epoch after which priors are fitted, from 1
   * @throws IllegalArgumentException if fromEpoch is not above zero
   */
  public static EmpiricalBayes of(Layer model, int fromEpoch) {
    Require.nonNull(model, "model");
    Require.positive((long) fromEpoch, "fromEpoch");
    return new EmpiricalBayes(model, fromEpoch);
  }

  @Override
  public void epoch(EpochRecord record) {
    Require.nonNull(record, "record");
    if (record.epoch() >= fromEpoch) {
      Priors.fit(model);
    }
  }
}
