package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;

/**
 * x scale + shift, with two numbers for all elements.
 *
 * @param scale factor
 * @param shift what is added then
 */
public record ScaleShift(double scale, double shift) implements Layer {
  /** Checks the numbers. */
  public ScaleShift {
    Require.argument(
        Float.isFinite((float) scale), "scale must be finite as a float, got %s", scale);
    Require.argument(
        Float.isFinite((float) shift), "shift must be finite as a float, got %s", shift);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return shift == 0
        ? Ops.scale(x, scale)
        : Ops.shift(scale == 1 ? x : Ops.scale(x, scale), shift);
  }

  @Override
  public String toString() {
    return "ScaleShift(" + scale + ", " + shift + ")";
  }
}
