package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import java.util.List;

/**
 * A layer that reads several arrays, such as a sum: a node of a {@link Graph}. What {@link Layer}
 * says of forward holds for it too.
 */
public interface MultiInputLayer extends Layer {
  /**
   * The layer's output.
   *
   * @param inputs at least one, in the order that the layer gives them a meaning in
   * @param pass mode and randomness
   * @throws IllegalArgumentException if the number of inputs or a shape does not fit the layer
   */
  Var forward(List<Var> inputs, Pass pass);

  /** The output for one input. */
  @Override
  default Var forward(Var x, Pass pass) {
    return forward(List.of(Require.open(x, "x")), pass);
  }
}
