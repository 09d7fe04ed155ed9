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

  /** Called with advice on settings that are allowed but look like a mistake; also logged. */
  default void warning(String message) {}

  /** Both: each hears of everything, this one first. */
  default TrainingListener and(TrainingListener other) {
    TrainingListener first = this;
    return new TrainingListener() {
      @Override
      public void step(int epoch, int step, int steps, double loss) {
        first.step(epoch, step, steps, loss);
        other.step(epoch, step, steps, loss);
      }

      @Override
      public void epoch(EpochRecord record) {
        first.epoch(record);
        other.epoch(record);
      }

      @Override
      public void warning(String message) {
        first.warning(message);
        other.warning(message);
      }
    };
  }
}
