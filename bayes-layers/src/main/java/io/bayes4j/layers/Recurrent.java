package io.bayes4j.layers;

import io.bayes4j.core.autograd.Var;

/**
 * A layer that reads a sequence step by step, plain or Bayesian.
 *
 * <p>The weights of a pass are drawn once, for all steps of the sequence and for all calls in the
 * pass.
 */
public interface Recurrent extends Layer {
  /** The operation that the weights are used in. */
  RecurrentOp op();

  /**
   * Reads a sequence, or the next part of one.
   *
   * @param x input of every step [N, T, inputs]
   * @param initial state before the first step
   * @throws IllegalArgumentException if a shape does not fit the layer
   */
  RecurrentOutput run(Var x, RecurrentState initial, Pass pass);

  /**
   * Reads a whole sequence, starting from zeros.
   *
   * @param x input of every step [N, T, inputs]
   * @throws IllegalArgumentException if the shape does not fit the layer
   */
  default RecurrentOutput run(Var x, Pass pass) {
    return run(x, op().zeros(x.size(0)), pass);
  }

  /**
   * Output of every step [N, T, directions * hidden], starting from zeros.
   *
   * @param x input of every step [N, T, inputs]
   */
  @Override
  default Var forward(Var x, Pass pass) {
    return run(x, pass).output();
  }
}
