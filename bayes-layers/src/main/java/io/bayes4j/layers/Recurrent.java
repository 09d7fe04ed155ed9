package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import org.jspecify.annotations.Nullable;

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
   * Reads sequences, or the next parts of them.
   *
   * @param x input of every step [N, T, inputs]
   * @param initial state before the first step
   * @param lengths steps of each sequence, of which the rest is padding: outputs there are zero,
   *     and the last state is that after a sequence's own last step; null for all T
   * @throws IllegalArgumentException if a shape or length does not fit the layer
   */
  RecurrentOutput run(Var x, RecurrentState initial, @Nullable SequenceLengths lengths, Pass pass);

  /**
   * Reads a sequence, or the next part of one.
   *
   * @param x input of every step [N, T, inputs]
   * @param initial state before the first step
   * @throws IllegalArgumentException if a shape does not fit the layer
   */
  default RecurrentOutput run(Var x, RecurrentState initial, Pass pass) {
    return run(x, initial, null, pass);
  }

  /**
   * Reads whole sequences of different lengths, starting from zeros; in a pass that {@linkplain
   * RecurrentMemory#next hands states on}, from where the last part has ended.
   *
   * @param x input of every step [N, T, inputs]
   * @param lengths steps of each sequence; null for all T
   * @throws IllegalArgumentException if a shape or length does not fit the layer
   */
  default RecurrentOutput run(Var x, @Nullable SequenceLengths lengths, Pass pass) {
    op().requireInput(x, pass);
    return pass.memory()
        .map(memory -> memory.run(this, x, lengths, pass))
        .orElseGet(() -> run(x, op().zeros(x.size(0)), lengths, pass));
  }

  /**
   * Reads a whole sequence, starting from zeros; in a pass that {@linkplain RecurrentMemory#next
   * hands states on}, from where the last part has ended.
   *
   * @param x input of every step [N, T, inputs]
   * @throws IllegalArgumentException if the shape does not fit the layer
   */
  default RecurrentOutput run(Var x, Pass pass) {
    return run(x, (SequenceLengths) null, pass);
  }

  /**
   * Output of every step [N, T, directions * hidden], starting as {@link #run(Var, Pass)} does.
   *
   * @param x input of every step [N, T, inputs]
   */
  @Override
  default Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return run(x, pass).output();
  }
}
