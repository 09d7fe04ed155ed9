package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import java.util.List;

/** Arrays joined along an axis. */
public final class Concat implements MultiInputLayer {
  private final int axis;

  /**
   * Along an axis.
   *
   * @param axis from 0, or from the end: -1 is the last
   */
  public Concat(int axis) {
    this.axis = axis;
  }

  /** The axis, as it was given. */
  public int axis() {
    return axis;
  }

  @Override
  public Var forward(List<Var> inputs, Pass pass) {
    Require.elements(inputs, "inputs");
    Require.nonNull(pass, "pass");
    Require.argument(!inputs.isEmpty(), "inputs must not be empty");
    int rank = inputs.get(0).rank();
    Require.argument(
        axis >= -rank && axis < rank,
        "x must have axis %d, got shape %s",
        axis,
        Require.text(inputs.get(0).shape()));
    return Ops.concat(axis < 0 ? axis + rank : axis, inputs.toArray(Var[]::new));
  }

  @Override
  public String toString() {
    return "Concat(" + axis + ")";
  }
}
