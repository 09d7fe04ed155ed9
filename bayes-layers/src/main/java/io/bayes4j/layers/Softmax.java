package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Attentions;
import io.bayes4j.core.ops.Ops;

/**
 * e^x over its sum along an axis. Losses and predictors of this library want what comes before it,
 * the logits: it belongs inside a network, not at its end.
 *
 * @param axis from 0, or from the end: -1 is the last
 */
public record Softmax(int axis) implements Layer {
  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    int at = Axes.of(axis, x);
    if (at == x.rank() - 1) {
      return Attentions.softmax(x);
    }
    int[] swapped = Axes.swap(at, x.rank() - 1, x.rank());
    return Ops.permute(Attentions.softmax(Ops.permute(x, swapped)), swapped);
  }

  @Override
  public String toString() {
    return "Softmax(" + axis + ")";
  }
}
