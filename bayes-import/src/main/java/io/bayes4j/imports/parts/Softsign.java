package io.bayes4j.imports.parts;

import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LeakyRelu;
import io.bayes4j.layers.ScaleShift;

/** x divided by one more than its absolute value. */
public final class Softsign {
  private Softsign() {}

  /** A new one: a layer of its own for each place. */
  public static Layer layer() {
    return Graph.from("x")
        .add("absolute", new LeakyRelu(-1), "x")
        .add("more", new ScaleShift(1, 1), "absolute")
        .add("ratio", Arithmetic.DIV, "x", "more")
        .build("ratio");
  }
}
