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
 * @param kernel weights
 * @param bias what is added for each unit, or null for no bias
 * @param inputFactors [N, inputs], or null for ones
 * @param outputFactors [N, units], or null for ones
 */
public record AffineTerm(
    Var kernel,
    @Nullable Var bias,
    @Nullable INDArray inputFactors,
    @Nullable INDArray outputFactors) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if there is no kernel, or factors are no float matrix
   */
  public AffineTerm {
    Require.open(kernel, "kernel");
    Require.openIfGiven(bias, "bias");
    Operands.requireFactors("inputFactors", inputFactors);
    Operands.requireFactors("outputFactors", outputFactors);
  }

  /** A term without factors. */
  public static AffineTerm of(Var kernel, @Nullable Var bias) {
    return new AffineTerm(kernel, bias, null, null);
  }
}
