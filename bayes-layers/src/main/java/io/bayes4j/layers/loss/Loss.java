package io.bayes4j.layers.loss;

import io.bayes4j.core.autograd.Var;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How badly a model's output fits its targets: a negative log-likelihood, averaged over the
 * examples of the batch.
 */
@FunctionalInterface
public interface Loss {
  /**
   * The loss.
   *
   * @param output what the model returned, its first axis counting the examples
   * @param targets one row for each example
   * @return a scalar
   * @throws IllegalArgumentException if the shapes do not fit, or a target is out of range
   */
  Var of(Var output, INDArray targets);

  /** Other figures of a batch worth reporting, each an average over its examples. */
  default Map<String, Double> metrics(INDArray output, INDArray targets) {
    return Map.of();
  }
}
