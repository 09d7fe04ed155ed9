package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.BatchStatistics;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.train.TrainingListener;
import io.bayes4j.layers.variational.Kl;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

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

  private static final String PREFIX = "swag/";

  /** Settings and counts. */
  private static final String NUMBERS = "numbers";

  private final Layer model;
  private WeightMoments moments;
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
    Require.nonNull(model, "model");
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
    Require.nonNull(record, "record");
    if (everySteps == 0 && record.epoch() >= firstEpoch) {
      moments.add();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>All that was collected, so that a resumed run gives the posterior of the uninterrupted one.
   */
  @Override
  public Map<String, INDArray> state() {
    Map<String, INDArray> state = new LinkedHashMap<>();
    state.put(PREFIX + NUMBERS, Detached.of(numbers(moments.count(), steps)));
    moments.arrays().forEach((name, array) -> state.put(PREFIX + name, array));
    return state;
  }

  private long[] numbers(long count, long madeSteps) {
    return new long[] {rank, firstEpoch, everySteps, count, madeSteps};
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if it is another model's, or that of a collector with other
   *     settings; or if there is none though the run has made epochs from which it would have
   *     collected
   */
  @Override
  public Runnable restoring(Map<String, INDArray> state, int epochs) {
    Require.entries(state, "state");
    Require.notNegative(epochs, "epochs");
    Map<String, INDArray> rest = takeOwn(state);
    if (rest.isEmpty()) {
      Require.argument(
          epochs < firstEpoch,
          "the checkpoint must hold what was collected from epoch %d on, but its %d epochs were"
              + " made without a collector",
          firstEpoch,
          epochs);
      return () -> {};
    }
    long[] saved = savedNumbers(rest);
    WeightMoments restored = moments.restored(saved[3], rest);
    Require.argument(
        rest.isEmpty(),
        "the checkpoint holds collected weights of no known use: %s",
        rest.keySet());
    return () -> {
      moments = restored;
      steps = saved[4];
    };
  }

  /** Takes out of a checkpoint what a collector has put there. */
  private static Map<String, INDArray> takeOwn(Map<String, INDArray> state) {
    Map<String, INDArray> own = new LinkedHashMap<>();
    state.forEach(
        (name, array) -> {
          if (name.startsWith(PREFIX)) {
            own.put(name.substring(PREFIX.length()), array);
          }
        });
    state.keySet().removeIf(name -> name.startsWith(PREFIX));
    return own;
  }

  /** Takes out the collector's own numbers, which must be those that it has now. */
  private long[] savedNumbers(Map<String, INDArray> rest) {
    INDArray stored = rest.remove(NUMBERS);
    Require.argument(
        stored != null && stored.dataType() == DataType.INT64 && stored.length() == 5,
        "the checkpoint must hold the five numbers of a SwagCollector, holds %s",
        rest.keySet());
    long[] saved = Objects.requireNonNull(stored).data().asLong();
    Require.argument(
        saved[3] >= 0 && saved[4] >= 0 && Arrays.equals(saved, numbers(saved[3], saved[4])),
        "the collector must have the rank, fromEpoch and everySteps that it began with, %d, %d and"
            + " %d, but has %d, %d and %d",
        saved[0],
        saved[1],
        saved[2],
        rank,
        firstEpoch,
        everySteps);
    return saved;
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
    Require.nonNull(data, "data");
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
