package io.bayes4j.core.autograd;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One term of what the weights make of the hidden state, prepared for the steps of a sequence.
 *
 * @param kernel [gates * units, units]
 * @param bias [gates * units], or null
 * @param inputs factors of the hidden state
 * @param outputs factors of the product and the bias
 */
record HiddenTerm(Var kernel, Var bias, RowFactors inputs, RowFactors outputs) {
  static HiddenTerm of(AffineTerm term) {
    return new HiddenTerm(
        term.kernel(),
        term.bias(),
        RowFactors.of(term.inputFactors()),
        RowFactors.of(term.outputFactors()));
  }

  /** out = what the kernel makes of rows of hidden states. */
  void product(float[] hidden, float[] out) {
    multiply(hidden, kernel.value().size(1), true, out);
  }

  /** out = the gradient of rows of hidden states, given that of the product. */
  void hiddenGradient(float[] gradient, float[] out) {
    multiply(gradient, kernel.value().size(0), false, out);
  }

  private void multiply(float[] rows, long length, boolean transposed, float[] out) {
    INDArray operand = Arena.allocate(rows.length / length, length);
    FloatMemory.of(operand, "operand").write(0, rows, rows.length);
    INDArray product = Kernels.matmul(operand, false, kernel.value(), transposed);
    FloatMemory.of(product, "product").read(0, out, out.length);
    Arena.release(operand);
    Arena.release(product);
  }

  /** Gives the sink the gradient of the kernel, from the operands and products of all steps. */
  void passGradient(INDArray operands, INDArray productGradients, Gradients.Sink sink) {
    sink.add(
        kernel,
        () ->
            Kernels.matmul(
                productGradients.reshape(-1, productGradients.size(2)),
                true,
                operands.reshape(-1, operands.size(2)),
                false));
  }
}
