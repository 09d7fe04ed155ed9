package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.RowProducts;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.Weights;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One term of what the weights make of the hidden state, prepared for the steps of a sequence.
 *
 * @param weights kernel [gates * units, units] and bias [gates * units]
 * @param inputs factors of the hidden state
 * @param outputs factors of the product and the bias
 */
record HiddenTerm(Weights weights, RowFactors inputs, RowFactors outputs)
    implements HiddenProducts {
  static HiddenTerm of(AffineTerm term) {
    return new HiddenTerm(
        term.weights(), RowFactors.of(term.inputFactors()), RowFactors.of(term.outputFactors()));
  }

  @Override
  public @Nullable Var bias() {
    return weights.bias();
  }

  @Override
  public RowProducts products(int rows) {
    return Kernels.rowProducts(weights.kernel().value(), true, rows);
  }

  /** The gradients of hidden states, given those of the products, so many rows at a time. */
  RowProducts hiddenGradients(int rows) {
    return Kernels.rowProducts(weights.kernel().value(), false, rows);
  }

  /** Gives the sink the gradient of the kernel, from the operands and products of all steps. */
  void passGradient(INDArray operands, INDArray productGradients, Gradients.Sink sink) {
    sink.add(
        weights.kernel(),
        () ->
            Kernels.matmul(
                Detached.reshape(productGradients, -1, productGradients.size(2)),
                true,
                Detached.reshape(operands, -1, operands.size(2)),
                false));
  }
}
