package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Operands;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One term of what the weights make of the inputs of a recurrent operation: factors * (product +
 * bias), the same factors and bias in all steps. The kernel has been applied, to all steps at once.
 *
 * @param product the inputs times the kernel [N, T, gates * units]
 * @param bias [gates * units], or null for no bias
 * @param outputFactors [N, gates * units], or null for ones
 */
public record InputTerm(Var product, @Nullable Var bias, @Nullable INDArray outputFactors) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if there is no product, or the factors are no float matrix
   */
  public InputTerm {
    Require.open(product, "product");
    Require.openIfGiven(bias, "bias");
    Operands.requireFactors("outputFactors", outputFactors);
  }

  /** A term without bias and factors. */
  public static InputTerm of(Var product) {
    return new InputTerm(product, null, null);
  }
}
