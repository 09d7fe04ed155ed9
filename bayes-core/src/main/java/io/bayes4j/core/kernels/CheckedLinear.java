package io.bayes4j.core.kernels;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A prepared dense layer behind the checks that {@link Kernels} makes: those of the weights have
 * been made once.
 */
record CheckedLinear(PreparedLinear kernels, INDArray weight) implements PreparedLinear {
  static CheckedLinear of(KernelProvider provider, INDArray weight, @Nullable INDArray bias) {
    Operands.requireUnits(weight, bias);
    return new CheckedLinear(provider.prepareLinear(weight, bias), weight);
  }

  @Override
  public INDArray linear(INDArray x) {
    Operands.requireFeatures(x, weight);
    return kernels.linear(x);
  }
}
