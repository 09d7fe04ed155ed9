package io.bayes4j.layers.loss;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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

  /**
   * The loss with examples that count more or less often: the sum over the examples of weight times
   * loss, over the number of examples. Weights scale the likelihood, and ones change nothing; the
   * sum is not divided by that of the weights, or steps would not estimate one bound.
   *
   * <p>Unless a loss knows better, it is asked for each example alone, which is right for a mean
   * over examples and slow for large batches.
   *
   * @param weights one for each example [N], none negative; null for ones
   * @throws IllegalArgumentException if the shapes do not fit, or a target is out of range
   */
  default Var weighted(Var output, INDArray targets, @Nullable INDArray weights) {
    return weights == null
        ? of(output, targets)
        : LossWeights.eachAlone(this, output, targets, weights);
  }

  /** Other figures of a batch worth reporting, each an average over its examples. */
  default Map<String, Double> metrics(INDArray output, INDArray targets) {
    Require.open(output, "output");
    Require.open(targets, "targets");
    return Map.of();
  }
}
