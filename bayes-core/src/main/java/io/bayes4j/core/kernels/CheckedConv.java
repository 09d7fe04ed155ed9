package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Finite;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A prepared convolution behind the checks that {@link Kernels} makes: those of the weights have
 * been made once.
 */
record CheckedConv(
    PreparedConv kernels,
    INDArray weight,
    @Nullable INDArray bias,
    ConvGeometry geometry,
    boolean finite)
    implements PreparedConv {
  static CheckedConv of(
      KernelProvider provider, INDArray weight, @Nullable INDArray bias, ConvGeometry geometry) {
    Operands.requireFloat("weight", weight, geometry.rank() + 2);
    Operands.requireKernel(weight.shape(), weight.size(1) * geometry.groups(), geometry);
    Operands.requireVector("bias", bias, weight.size(0));
    return new CheckedConv(
        provider.prepareConv(weight, bias, geometry), weight, bias, geometry, Finite.all(weight));
  }

  @Override
  public INDArray conv(INDArray x, Epilogue epilogue) {
    Operands.requireConv(x, weight, bias, geometry);
    Operands.requireAddend(x, epilogue, geometry.outputShape(x.shape(), weight.size(0)));
    boolean maySwallow = epilogue.relu() && !finite;
    return maySwallow
        ? epilogue.apply(kernels.conv(x, Epilogue.NONE))
        : kernels.conv(x, epilogue.beside(x, weight, bias));
  }
}
