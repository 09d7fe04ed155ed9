package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Clamps;

/**
 * min(max(x, least), greatest), element by element; a bound may be infinite.
 *
 * @param least lower bound
 * @param greatest upper bound
 */
public record Clamp(double least, double greatest) implements Layer {
  /** Checks the numbers. */
  public Clamp {
    Require.argument(
        least <= greatest, "least must be at most greatest, got %s and %s", least, greatest);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return Clamps.clamp(x, least, greatest);
  }

  @Override
  public String toString() {
    return "Clamp(" + least + ", " + greatest + ")";
  }
}
