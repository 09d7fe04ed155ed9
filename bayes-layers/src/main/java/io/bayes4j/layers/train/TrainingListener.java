package io.bayes4j.layers.train;

/** Hears of progress. */
public interface TrainingListener {
  /** Hears nothing. */
  TrainingListener SILENT = new TrainingListener() {};

  /**
   * Called after a step.
   *
   * @param epoch number of the epoch, from 1
   * @param step number of the step in the epoch, from 1
   * @param steps steps of an epoch
   * @param loss loss of the step
   */
  default void step(int epoch, int step, int steps, double loss) {}

  /** Called after an epoch and its validation. */
  default void epoch(EpochRecord record) {}
}
