package io.bayes4j.layers.train;

import io.bayes4j.core.internal.Require;

/**
 * Which step of a run it is, and the seeds of what is random in it: enough for a machine that holds
 * a part of the examples to take its share.
 *
 * @param epoch from 1
 * @param step in the epoch, from 1
 * @param steps of the epoch
 * @param orderSeed of the order of examples in the epoch
 * @param drawSeed of the draws of weights in the step
 */
public record StepPlace(int epoch, int step, int steps, long orderSeed, long drawSeed) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if epoch, step or steps is not above zero, or the step is
   *     beyond the steps
   */
  public StepPlace {
    Require.positive((long) epoch, "epoch");
    Require.positive((long) step, "step");
    Require.positive((long) steps, "steps");
    Require.argument(step <= steps, "step must be at most steps, %d, got %d", steps, step);
  }

  /** How messages call it. */
  String words() {
    return "epoch " + epoch + ", step " + step;
  }
}
