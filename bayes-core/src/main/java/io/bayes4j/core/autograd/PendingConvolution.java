package io.bayes4j.core.autograd;

import io.bayes4j.core.kernels.ChannelFold;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.Kernels;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution in a prediction, and what has been asked of its result so far: relu((conv(x) *
 * scale + shift) + addend), each part optional. The scale and shift become part of the kernel and
 * the bias, which are far smaller than the result.
 */
final class PendingConvolution extends Pending {
  private final Var x;
  private final ChannelFold kernel;
  private final ConvGeometry geometry;
  private final Var addend;
  private final boolean relu;

  private PendingConvolution(
      Var x, ChannelFold kernel, ConvGeometry geometry, long[] shape, Var addend, boolean relu) {
    super(shape);
    this.x = x;
    this.kernel = kernel;
    this.geometry = geometry;
    this.addend = addend;
    this.relu = relu;
  }

  /** A convolution whose operands have been checked and that takes no gradient. */
  static Var of(Var x, INDArray weight, INDArray bias, ConvGeometry geometry) {
    long[] shape = geometry.outputShape(x.shape(), weight.size(0));
    return constant(
        new PendingConvolution(x, ChannelFold.of(weight, bias), geometry, shape, null, false));
  }

  private static Var constant(Pending pending) {
    return Var.result(pending, List.of(), null);
  }

  @Override
  INDArray compute() {
    INDArray weight = kernel.weight();
    Epilogue epilogue = new Epilogue(addend == null ? null : addend.value(), relu);
    return Kernels.conv(x.value(), weight, kernel.bias(), geometry, epilogue);
  }

  @Override
  Optional<Var> relu() {
    return relu
        ? Optional.empty()
        : Optional.of(constant(new PendingConvolution(x, kernel, geometry, shape(), addend, true)));
  }

  @Override
  Optional<Var> plus(Var other) {
    return relu || addend != null || Var.recorded(List.of(other))
        ? Optional.empty()
        : Optional.of(constant(new PendingConvolution(x, kernel, geometry, shape(), other, false)));
  }

  @Override
  Optional<Var> affine(INDArray scale, INDArray shift) {
    return relu || addend != null
        ? Optional.empty()
        : Optional.of(
            constant(
                new PendingConvolution(
                    x, kernel.then(scale, shift), geometry, shape(), null, false)));
  }
}
