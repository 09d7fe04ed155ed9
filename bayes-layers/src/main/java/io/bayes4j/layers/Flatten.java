package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;

/** [N, ...] as [N, features], in row-major order. */
public final class Flatten implements Layer {
  /** A layer without parameters. */
  public Flatten() {}

  @Override
  public Var forward(Var x, Pass pass) {
    Require.nonNull(pass, "pass");
    Require.open(x, "x");
    Require.argument(x.rank() >= 1, "x must be [N, ...], got a scalar");
    return Ops.reshape(x, x.size(0), -1);
  }

  @Override
  public String toString() {
    return "Flatten()";
  }
}
