package io.bayes4j.onednn;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.KernelProvider.ConvGradients;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.kernels.PreparedConv;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions and their gradients, in single precision or by the portable provider where oneDNN
 * gets a window wrong: see {@link OrdinaryWindows}.
 */
final class ConvolutionKernels {
  private final OneDnn owner;
  private final Runner runner;
  private final Arithmetic arithmetic;

  ConvolutionKernels(OneDnn owner, Runner runner, Arithmetic arithmetic) {
    this.owner = owner;
    this.runner = runner;
    this.arithmetic = arithmetic;
  }

  INDArray conv(
      INDArray x,
      INDArray weight,
      @Nullable INDArray bias,
      ConvGeometry geometry,
      Epilogue epilogue) {
    boolean alone = bias == null && epilogue.equals(Epilogue.NONE);
    if (isRight(x.shape(), geometry) || (alone && owner.precision() == Precision.F32)) {
      return new ForwardConvolution(runner, weight, bias, geometry).conv(x, epilogue);
    }
    if (!epilogue.equals(Epilogue.NONE)) {
      return owner.convThen(x, weight, bias, geometry, epilogue);
    }
    if (bias != null) {
      return arithmetic.channelAdd(conv(x, weight, null, geometry, Epilogue.NONE), bias);
    }
    return inFloats(x, floats -> inFloats().conv(floats, weight, null, geometry));
  }

  PreparedConv prepare(INDArray weight, @Nullable INDArray bias, ConvGeometry geometry) {
    PreparedConv prepared =
        new ForwardConvolution(runner.keeping(), Layout.ROW_MAJOR.ensure(weight), bias, geometry);
    return (x, epilogue) ->
        isRight(x.shape(), geometry)
            ? prepared.conv(x, epilogue)
            : conv(x, weight, bias, geometry, epilogue);
  }

  /** Single precision, which is right for all windows. */
  private KernelProvider inFloats() {
    return owner.in(Precision.F32);
  }

  private INDArray inFloats(INDArray like, UnaryOperator<INDArray> work) {
    INDArray result = work.apply(floats(like));
    return like.dataType() == DataType.FLOAT ? result : arithmetic.cast(result, like.dataType());
  }

  private INDArray floats(INDArray array) {
    return array.dataType() == DataType.FLOAT ? array : arithmetic.cast(array, DataType.FLOAT);
  }

  /** Whether a convolution is, with whatever follows it. */
  private boolean isRight(long[] shapeX, ConvGeometry geometry) {
    return owner.precision() == Precision.BF16
        ? OrdinaryWindows.areInBf16(shapeX, geometry)
        : OrdinaryWindows.are(shapeX, geometry);
  }

  private boolean isWrong(long[] shapeX, ConvGeometry geometry) {
    return owner.precision() == Precision.BF16 && !isRight(shapeX, geometry);
  }

  INDArray backwardData(INDArray gradY, INDArray weight, long[] shapeX, ConvGeometry geometry) {
    if (isWrong(shapeX, geometry)) {
      return inFloats(gradY, g -> inFloats().convBackwardData(g, weight, shapeX, geometry));
    }
    INDArray gradX = channelsLast(gradY, shapeX);
    runner.run(
        Operation.CONVOLUTION_BACKWARD_DATA,
        geometry,
        Operand.describable(gradY),
        Layout.ROW_MAJOR.ensure(weight),
        gradX);
    return gradX;
  }

  INDArray backwardWeights(INDArray x, INDArray gradY, long[] shapeW, ConvGeometry geometry) {
    if (!OrdinaryWindows.haveWeightGradient(geometry)) {
      return Kernels.portable().convBackwardWeights(floats(x), floats(gradY), shapeW, geometry);
    }
    if (isWrong(x.shape(), geometry)) {
      return inFloats().convBackwardWeights(floats(x), floats(gradY), shapeW, geometry);
    }
    INDArray gradW = Arena.allocate(shapeW);
    runner.run(
        Operation.CONVOLUTION_BACKWARD_WEIGHTS,
        geometry,
        Operand.describable(x),
        Operand.describable(gradY),
        gradW);
    return gradW;
  }

  ConvGradients backward(INDArray x, INDArray weight, INDArray gradY, ConvGeometry geometry) {
    if (isWrong(x.shape(), geometry) || !OrdinaryWindows.haveWeightGradient(geometry)) {
      return oneByOne(x, weight, gradY, geometry);
    }
    INDArray in = Operand.describable(x);
    INDArray kernel = Layout.ROW_MAJOR.ensure(weight);
    INDArray up = Operand.describable(gradY);
    Operand gradIn = Operand.of(up).shaped(x.shape());
    List<Operand> operands =
        List.of(Operand.of(in), Operand.of(kernel), Operand.of(up), gradIn, Operand.of(kernel));
    if (!runner.divides(Operation.CONVOLUTION_BACKWARD, geometry, operands)) {
      return oneByOne(in, kernel, up, geometry);
    }
    INDArray gradX = channelsLast(up, x.shape());
    INDArray gradW = Arena.allocate(weight.shape());
    runner.run(Operation.CONVOLUTION_BACKWARD, geometry, in, kernel, up, gradX, gradW);
    return new ConvGradients(gradX, gradW);
  }

  private ConvGradients oneByOne(
      INDArray x, INDArray weight, INDArray gradY, ConvGeometry geometry) {
    return new ConvGradients(
        backwardData(gradY, weight, x.shape(), geometry),
        backwardWeights(x, gradY, weight.shape(), geometry));
  }

  /** An array of the type of another. */
  private static INDArray channelsLast(INDArray other, long[] shape) {
    return Arena.allocate(other.dataType(), Layout.CHANNELS_LAST, shape);
  }
}
