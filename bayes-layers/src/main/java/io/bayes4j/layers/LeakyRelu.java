package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Activations;

/**
 * x above zero, slope x below, as a layer without parameters; x of any shape (Maas et al. 2013).
 *
 * @param slope below zero
 */
public record LeakyRelu(double slope) implements Layer {
  /** Checks the numbers. */
  public LeakyRelu {
    Require.argument(
        Float.isFinite((float) slope), "slope must be finite as a float, got %s", slope);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return Activations.leakyRelu(x, slope);
  }

  @Override
  public String toString() {
    return "LeakyRelu(" + slope + ")";
  }
}
