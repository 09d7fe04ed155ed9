package io.bayes4j.spark;

import io.bayes4j.core.random.Noise;
import java.io.IOException;

/** A round of distributed training. */
interface Round {
  /** What came out of a round. */
  record Result(ModelState state, RoundRecord figures) {}

  /**
   * Runs a round.
   *
   * @param state where it begins
   */
  Result run(int number, ModelState state, Noise noise) throws IOException;
}
