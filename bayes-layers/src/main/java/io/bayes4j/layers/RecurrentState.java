package io.bayes4j.layers;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import org.jspecify.annotations.Nullable;

/**
 * What a recurrent layer remembers of the steps it has read.
 *
 * @param hidden hidden states [layers * directions, N, hidden]: the first layer's directions first
 * @param cell cell states in the same shape, or null for a layer that has none
 */
@CheckReturnValue
public record RecurrentState(Var hidden, @Nullable Var cell) {
  /** Checks the parts. */
  public RecurrentState {
    Require.open(hidden, "hidden");
    Require.openIfGiven(cell, "cell");
  }

  /** A state without cell states. */
  public static RecurrentState of(Var hidden) {
    return new RecurrentState(hidden, null);
  }

  /** The same numbers as constants: no gradient flows back to the steps before. */
  public RecurrentState detach() {
    return new RecurrentState(hidden.detach(), cell == null ? null : cell.detach());
  }

  /** Hidden state [N, hidden] of one direction of one layer. */
  Var hiddenAt(int index) {
    return at(hidden, index);
  }

  /** Cell state [N, hidden] of one direction of one layer, or null if there are none. */
  @Nullable Var cellAt(int index) {
    return cell == null ? null : at(cell, index);
  }

  private static Var at(Var states, int index) {
    Var one = states.size(0) == 1 ? states : Ops.slice(states, 0, index, index + 1);
    return Ops.reshape(one, states.size(1), states.size(2));
  }
}
