package io.bayes4j.core.autograd;

import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One term of what the weights make of the hidden state, prepared for the steps of a sequence. */
final class HiddenTerm {
  private final AffineTerm term;
  private final int units;

  /** Factors of the hidden state, or null for ones. */
  private final float[] inputFactors;

  /** Factors of each gate, or null for ones. */
  private final float[][] outputFactors;

  HiddenTerm(AffineTerm term, int gates, int units) {
    this.term = term;
    this.units = units;
    this.inputFactors =
        term.inputFactors() == null ? null : gates(term.inputFactors(), 1, units)[0];
    this.outputFactors =
        term.outputFactors() == null ? null : gates(term.outputFactors(), gates, units);
  }

  private static float[][] gates(INDArray factors, int gates, int units) {
    int examples = (int) factors.size(0);
    float[][] parts = new float[gates][examples * units];
    StridedRows.of(factors, units).read(0, 0, examples, parts);
    return parts;
  }

  AffineTerm term() {
    return term;
  }

  /** Whether the gradient of its product is the gradient of the gates. */
  boolean keepsGradient() {
    return outputFactors == null;
  }

  /** Adds the part that is the same in every step. */
  void addBias(float[][] sum) {
    if (term.bias() == null) {
      return;
    }
    float[][] bias = new float[sum.length][units];
    StridedRows.of(term.bias().value().reshape(1, -1), units).read(0, 0, 1, bias);
    for (int gate = 0; gate < sum.length; gate++) {
      float[] out = sum[gate];
      for (int i = 0; i < out.length; i++) {
        float factor = outputFactors == null ? 1 : outputFactors[gate][i];
        out[i] += factor * bias[gate][i % units];
      }
    }
  }

  /** out = what the kernel is multiplied with. */
  void operand(float[] hidden, float[] out) {
    if (inputFactors == null) {
      System.arraycopy(hidden, 0, out, 0, out.length);
    } else {
      multiply(hidden, inputFactors, out, 0, out.length);
    }
  }

  /** The operand's product with the kernel, [N, gates * units]. */
  INDArray product(INDArray operand) {
    return Kernels.matmul(operand, false, term.kernel().value(), true);
  }

  /** sum += the product's contribution to the gates. */
  void addProduct(float[][] product, float[][] sum, int from, int to) {
    for (int gate = 0; gate < sum.length; gate++) {
      if (outputFactors == null) {
        add(product[gate], sum[gate], from, to);
      } else {
        addProduct(product[gate], outputFactors[gate], sum[gate], from, to);
      }
    }
  }

  /** out = gradient of the product, given that of the gates. */
  void productGradient(float[][] gradient, float[][] out, int from, int to) {
    for (int gate = 0; gate < out.length; gate++) {
      if (outputFactors == null) {
        System.arraycopy(gradient[gate], from, out[gate], from, to - from);
      } else {
        multiply(gradient[gate], outputFactors[gate], out[gate], from, to);
      }
    }
  }

  /** hidden += gradient of the hidden state, given that of the product. */
  void addHiddenGradient(INDArray productGradient, float[] scratch, float[] hidden) {
    INDArray gradient = Kernels.matmul(productGradient, false, term.kernel().value(), false);
    StridedRows.of(gradient, units).read(0, 0, (int) gradient.size(0), scratch);
    Arena.release(gradient);
    if (inputFactors == null) {
      add(scratch, hidden, 0, hidden.length);
    } else {
      addProduct(scratch, inputFactors, hidden, 0, hidden.length);
    }
  }

  /** Gives the sink the gradients of the weights, from the operands and products of all steps. */
  void passGradients(INDArray operands, INDArray productGradients, Gradients.Sink sink) {
    INDArray gradients = productGradients.reshape(-1, productGradients.size(2));
    sink.add(
        term.kernel(),
        () -> Kernels.matmul(gradients, true, operands.reshape(-1, operands.size(2)), false));
    if (term.bias() != null) {
      sink.add(term.bias(), () -> Kernels.channelSum(gradients));
    }
  }

  private static void add(float[] x, float[] sum, int from, int to) {
    for (int i = from; i < to; i++) {
      sum[i] += x[i];
    }
  }

  private static void addProduct(float[] x, float[] factors, float[] sum, int from, int to) {
    for (int i = from; i < to; i++) {
      sum[i] += x[i] * factors[i];
    }
  }

  private static void multiply(float[] x, float[] factors, float[] out, int from, int to) {
    for (int i = from; i < to; i++) {
      out[i] = x[i] * factors[i];
    }
  }
}
