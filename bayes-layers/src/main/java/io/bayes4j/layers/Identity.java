package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;

/** The input itself: what stands in a slot that has nothing to do. */
public final class Identity implements Layer {
  /** A layer without parameters. */
  public Identity() {}

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return x;
  }

  @Override
  public String toString() {
    return "Identity()";
  }
}
