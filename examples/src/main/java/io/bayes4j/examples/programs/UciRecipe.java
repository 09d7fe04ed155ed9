package io.bayes4j.examples.programs;

import io.bayes4j.layers.Activation;

/**
 * Settings that a split's validation part chooses among.
 *
 * @param name for tables
 * @param activation of the 50 units
 * @param steps of a training
 * @param learningRate at the start; it falls to a hundredth along a cosine
 * @param fitsPriors whether the sigma of each prior follows the posterior in the second half
 */
record UciRecipe(
    String name, Activation activation, int steps, double learningRate, boolean fitsPriors) {
  /** The same with another number of steps. */
  UciRecipe times(double effort) {
    return new UciRecipe(
        name, activation, (int) Math.max(1, Math.round(effort * steps)), learningRate, fitsPriors);
  }
}
