package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Activations;

/**
 * x above zero, alpha (e^x - 1) below, as a layer without parameters; x of any shape (Clevert et
 * al. 2016).
 *
 * @param alpha least value, with its sign turned
 */
public record Elu(double alpha) implements Layer {
  /** Checks the numbers. */
  public Elu {
    Require.argument(
        alpha >= 0 && Float.isFinite((float) alpha),
        "alpha must be finite and >= 0, got %s",
        alpha);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return Activations.elu(x, alpha);
  }

  @Override
  public String toString() {
    return "Elu(" + alpha + ")";
  }
}
