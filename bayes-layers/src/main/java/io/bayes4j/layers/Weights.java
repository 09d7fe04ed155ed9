package io.bayes4j.layers;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.Ops;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights that an {@link AffineOp} is applied with.
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
    return AffineTerm.of(kernel, bias);
  }

  /**
   * The operation with these weights between two multiplications.
   *
   * @param inputFactors [N, inputs]
   * @param outputFactors [N, units]
   */
  public AffineTerm term(INDArray inputFactors, INDArray outputFactors) {
    return new AffineTerm(kernel, bias, inputFactors, outputFactors);
  }

  private Weights combine(Weights other, BinaryOperator<Var> f) {
    return new Weights(
        f.apply(kernel, other.kernel), bias == null ? null : f.apply(bias, other.bias));
  }
}
