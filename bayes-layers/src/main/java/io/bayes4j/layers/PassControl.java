package io.bayes4j.layers;

import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.graph.DrawInvariantResults;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;

/**
 * What predictors and loops of training do with a {@link Pass}, and layers do not: share work
 * between passes, and carry out what layers have left for the end of a step.
 */
public final class PassControl {
  private PassControl() {}

  /**
   * The same pass, which computes what does not depend on its noise only if no other pass with the
   * same settled results has done so.
   *
   * @param settled results for one input, which the passes that share them must be run on
   */
  public static Pass sharing(Pass pass, DrawInvariantResults settled) {
    Require.nonNull(pass, "pass");
    return pass.sharing(Require.nonNull(settled, "settled"));
  }

  /**
   * The same pass, nothing drawn yet, whose draws live in the current scope of an arena, so that
   * batches with scopes of their own can share them.
   *
   * @param kernels what is made of the draws, and of parameters, which nobody may change meanwhile
   */
  public static Pass keepingDrawsIn(Pass pass, Arena arena, DerivedWeights kernels) {
    Require.nonNull(pass, "pass");
    Require.nonNull(arena, "arena");
    return pass.keepingDrawsIn(arena, Require.nonNull(kernels, "kernels"));
  }

  /**
   * The same pass, nothing drawn yet, whose draws live in the scope of an arena in which it is run:
   * for one input alone.
   *
   * @param kernels what is made of parameters, which nobody may change meanwhile
   */
  public static Pass keepingNoDraws(Pass pass, DerivedWeights kernels) {
    Require.nonNull(pass, "pass");
    return pass.keepingNoDraws(Require.nonNull(kernels, "kernels"));
  }

  /**
   * Makes ready what {@link #commit} will carry out, without changing anything; commit does so
   * itself where it was not done before.
   *
   * @throws ArithmeticException naming the layer whose statistics would not be finite
   */
  public static void prepare(Pass pass) {
    Require.nonNull(pass, "pass").prepare();
  }

  /**
   * Carries out the updates that layers left, such as those of running statistics. Call it once,
   * after a step that is kept.
   *
   * @throws ArithmeticException naming the layer whose statistics would not be finite; nothing is
   *     changed then
   */
  public static void commit(Pass pass) {
    Require.nonNull(pass, "pass").commit();
  }
}
