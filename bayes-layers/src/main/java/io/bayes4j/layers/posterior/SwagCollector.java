package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.BatchStatistics;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.train.TrainingListener;
import io.bayes4j.layers.variational.Kl;

/**
 * Collects the weights that training passes through, for a {@link Swag} posterior: hand it to the
 * {@link Trainer} as its listener.
 *
 * <pre>{@code
 * SwagCollector collector = SwagCollector.of(model).rank(20).fromEpoch(16);
 * Trainer.of(model, loss, data).epochs(30).listener(collector).build().fit();
 * Swag swag = collector.posterior(data);
 * }</pre>
 *
 * <p>The weights should have come near a minimum before the first are collected, and go on moving
 * at a constant, rather high learning rate while they are. One training at a time.
 */
public final class SwagCollector implements TrainingListener {
  private static final int RANK = 20;

  private final Layer model;
  private final WeightMoments moments;
  private final int rank;
  private final int firstEpoch;
  private final int everySteps;
  private long steps;

  private SwagCollector(Layer model, int rank, int firstEpoch, int everySteps) {
    this.model = model;
    this.rank = rank;
    this.firstEpoch = firstEpoch;
    this.everySteps = everySteps;
    this.moments = new WeightMoments(model, rank);
  }

  /**
   * Collects the trainable weights after each epoch, from the first, with 20 deviations.
   *
   * @throws IllegalArgumentException if the model is Bayesian already, or nothing in it is
   *     trainable
   */
  public static SwagCollector of(Layer model) {
    Require.argument(
        Kl.distributions(model).isEmpty(),
        "model must be plain for SWAG, but it has Bayesian weights: %s",
        Kl.distributions(model).keySet());
    return new SwagCollector(model, RANK, 1, 0);
  }

  /**
   * The same with another number K of deviations, nothing collected yet; with 0 the covariance is
   * diagonal.
   *
   * @throws IllegalArgumentException if it is negative or 1, of which there is no covariance
   */
  public SwagCollector rank(int number) {
    Require.argument(number == 0 || number >= 2, "rank must be 0 or >= 2, got %d", number);
    return new SwagCollector(model, number, firstEpoch, everySteps);
  }

  /**
   * The same from another epoch on, numbered from 1, nothing collected yet.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  public SwagCollector fromEpoch(int number) {
    Require.positive((long) number, "fromEpoch");
    return new SwagCollector(model, rank, number, everySteps);
  }

  /**
   * The same, collecting after some steps instead of after each epoch, nothing collected yet.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  public SwagCollector everySteps(int number) {
    Require.positive((long) number, "everySteps");
    return new SwagCollector(model, rank, firstEpoch, number);
  }

  @Override
  public void step(int epoch, int step, int ofEpoch, double loss) {
    if (everySteps > 0 && epoch >= firstEpoch && ++steps % everySteps == 0) {
      moments.add();
    }
  }

  @Override
  public void epoch(EpochRecord record) {
    if (everySteps == 0 && record.epoch() >= firstEpoch) {
      moments.add();
    }
  }

  /** How many times weights were collected. */
  public long collected() {
    return moments.count();
  }

  /**
   * The posterior of what was collected, for a model without batch normalisation; collecting more
   * does not change it.
   *
   * @throws IllegalStateException if weights were collected less than twice
   * @throws IllegalArgumentException if the model has batch normalisation, whose statistics need
   *     the training data
   */
  public Swag posterior() {
    Require.argument(
        BatchStatistics.arrays(model).isEmpty(),
        "posterior(data) must be given the training data, since the model has batch normalisation");
    return new Swag(model, frozenMoments(), null);
  }

  /**
   * The posterior of what was collected; collecting more does not change it.
   *
   * @param data the training data, for the statistics of batch normalisation
   * @throws IllegalStateException if weights were collected less than twice
   */
  public Swag posterior(Dataset data) {
    return new Swag(model, frozenMoments(), data);
  }

  private WeightMoments frozenMoments() {
    Require.state(
        moments.count() >= 2,
        "weights must be collected at least twice before there is a posterior, were %d times",
        moments.count());
    return moments.copy();
  }
}
