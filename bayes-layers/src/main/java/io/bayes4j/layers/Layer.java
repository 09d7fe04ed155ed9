package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A function of an array that may hold parameters.
 *
 * <p>{@link #forward} depends on nothing but its arguments and the parameters, and changes neither:
 * one model may serve many threads. It keeps neither its input nor its result for later: in
 * predictions their memory is used again. To write a network of your own, extend {@link Block}.
 */
public interface Layer {
  /**
   * The layer's output.
   *
   * @param x input, its first axis counting the examples
   * @param pass mode and randomness
   * @throws IllegalArgumentException if the shape of x does not fit the layer
   */
  Var forward(Var x, Pass pass);

  /** The layer's own parameters by name, without those of its children. */
  default Map<String, Parameter> parameters() {
    return Map.of();
  }

  /** The layer's own arrays that are saved but not trained, such as running statistics. */
  default Map<String, INDArray> buffers() {
    return Map.of();
  }

  /** The places of the layer's children. */
  default List<Slot<?>> slots() {
    return List.of();
  }

  /**
   * Whether the layer draws weights of its own in passes that sample, though it has no {@link
   * io.bayes4j.core.variational.VariationalParameter}.
   */
  default boolean drawsWeights() {
    return false;
  }
}
