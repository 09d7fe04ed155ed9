package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Operands;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An affine operator whose input and output may be multiplied by constants for every example: x
 * becomes out * (A(in * x; kernel) + bias).
 *
 * <p>The sum of a few of them is all that an estimator makes of a posterior and an operator: one
 * term for a draw of the weights, two for flipout.
 *
 * @param weights kernel and bias
 * @param inputFactors [N, inputs], or null for ones
 * @param outputFactors [N, units], or null for ones
 */
public record AffineTerm(
    Weights weights, @Nullable INDArray inputFactors, @Nullable INDArray outputFactors) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if there are no weights, or factors are no float matrix
   */
  public AffineTerm {
    Require.nonNull(weights, "weights");
    Operands.requireFactors("inputFactors", inputFactors);
    Operands.requireFactors("outputFactors", outputFactors);
  }

  /** The kernel of the weights. */
  public Var kernel() {
    return weights.kernel();
  }

  /** The bias of the weights, or null for no bias. */
  public @Nullable Var bias() {
    return weights.bias();
  }
}
