package io.bayes4j.spark;

import io.bayes4j.core.random.Noise;
import java.io.IOException;
import java.util.List;

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

  /** The parts' factors, to be kept with the state; none unless a round leaves some. */
  default List<Gaussians> sites() {
    return List.of();
  }

  /** Goes on from the factors of a round before. */
  default void resume(List<Gaussians> sites) {}
}
