package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;

/**
 * What a recurrent layer makes of a sequence.
 *
 * @param output output of every step [N, T, directions * hidden]
 * @param last state after the last step, to go on from with the next part of the sequence
 */
public record RecurrentOutput(Var output, RecurrentState last) {
  /** Checks the parts. */
  public RecurrentOutput {
    Require.open(output, "output");
    Require.nonNull(last, "last");
  }
}
