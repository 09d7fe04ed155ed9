package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Clamps;

/**
 * min(max(slope x + shift, 0), 1), element by element: with 0.2 and 0.5 as ONNX and older Keras
 * have it.
 *
 * @param slope of the line
 * @param shift value of the line at zero
 */
public record HardSigmoid(double slope, double shift) implements Layer {
  /** Checks the numbers. */
  public HardSigmoid {
    Require.argument(
        Float.isFinite((float) slope), "slope must be finite as a float, got %s", slope);
    Require.argument(
        Float.isFinite((float) shift), "shift must be finite as a float, got %s", shift);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return Clamps.hardSigmoid(x, slope, shift);
  }

  @Override
  public String toString() {
    return "HardSigmoid(" + slope + ", " + shift + ")";
  }
}
