package io.bayes4j.layers.train;

import io.bayes4j.core.internal.Require;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

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

  /**
   * Arrays that belong into a checkpoint, for a resumed run to go on as if it had never stopped;
   * none unless overridden. Asked for after {@link #epoch}.
   */
  default Map<String, INDArray> state() {
    return Map.of();
  }

  /**
   * Checks what {@link #state} gave to the checkpoint of a run that is resumed, and changes nothing
   * of the listener yet.
   *
   * @param state of all listeners that the run had; what belongs to this one is to be removed
   * @param epochs how many epochs the run has made
   * @return what takes the state over, to be run once all else in the checkpoint has been checked
   * @throws IllegalArgumentException if it is not this listener's
   */
  default Runnable restoring(Map<String, INDArray> state, int epochs) {
    return () -> {};
  }

  /** Both: each hears of everything, this one first. */
  default TrainingListener and(TrainingListener other) {
    Require.nonNull(other, "other");
    return new BothListeners(this, other);
  }
}
