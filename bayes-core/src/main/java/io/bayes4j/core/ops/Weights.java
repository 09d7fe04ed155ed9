package io.bayes4j.core.ops;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights of an affine operation: parameters, a draw of them, or variances.
 *
 * <p>All that carries a kernel and a bias through the graph carries this.
 *
 * @param kernel what multiplies the input
 * @param bias what is added for each unit, or null for no bias
 */
@CheckReturnValue
public record Weights(Var kernel, @Nullable Var bias) {
  /** Checks the parts. */
  public Weights {
    Require.open(kernel, "kernel");
    Require.openIfGiven(bias, "bias");
  }

  /** Elementwise sum. */
  public Weights plus(Weights other) {
    Require.nonNull(other, "other");
    return combine(other, Ops::add);
  }

  /** The operation with these weights. */
  public AffineTerm term() {
    return new AffineTerm(this, null, null);
  }

  /**
   * The operation with these weights between two multiplications.
   *
   * @param inputFactors [N, inputs]
   * @param outputFactors [N, units]
   */
  public AffineTerm term(INDArray inputFactors, INDArray outputFactors) {
    return new AffineTerm(this, inputFactors, outputFactors);
  }

  private Weights combine(Weights other, BinaryOperator<Var> f) {
    return new Weights(
        f.apply(kernel, other.kernel), bias == null ? null : f.apply(bias, other.bias));
  }
}
