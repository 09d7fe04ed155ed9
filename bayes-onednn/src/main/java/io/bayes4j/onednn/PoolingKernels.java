package io.bayes4j.onednn;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Poolings and their gradients, by the portable kernels where oneDNN's are wrong. */
final class PoolingKernels {
  private final Runner runner;
  private final Arithmetic arithmetic;

  PoolingKernels(Runner runner, Arithmetic arithmetic) {
    this.runner = runner;
    this.arithmetic = arithmetic;
  }

  INDArray max(INDArray x, ConvGeometry window) {
    if (!areRight(x.shape(), window)) {
      return portable(x, () -> Kernels.portable().maxPool(floats(x), window));
    }
    INDArray y = channelsLast(x, window.outputShape(x.shape(), x.size(1)));
    runner.run(Operation.MAX_POOLING, window, Operand.describable(x), y);
    return y;
  }

  INDArray maxBackward(INDArray x, INDArray y, INDArray gradY, ConvGeometry window) {
    if (!areRight(x.shape(), window)) {
      return portable(
          x, () -> Kernels.portable().maxPoolBackward(floats(x), floats(y), floats(gradY), window));
    }
    INDArray gradX = channelsLast(x, x.shape());
    runner.run(
        Operation.MAX_POOLING_BACKWARD,
        window,
        Operand.describable(x),
        Operand.describable(gradY),
        gradX);
    return gradX;
  }

  INDArray average(INDArray x, ConvGeometry window) {
    if (!areRight(x.shape(), window)) {
      return portable(x, () -> Kernels.portable().avgPool(floats(x), window));
    }
    INDArray y = channelsLast(x, window.outputShape(x.shape(), x.size(1)));
    runner.run(Operation.AVERAGE_POOLING, window, Operand.describable(x), y);
    return y;
  }

  INDArray averageBackward(INDArray gradY, long[] shapeX, ConvGeometry window) {
    if (!areRight(shapeX, window)) {
      return portable(
          gradY, () -> Kernels.portable().avgPoolBackward(floats(gradY), shapeX, window));
    }
    INDArray gradX = channelsLast(gradY, shapeX);
    runner.run(Operation.AVERAGE_POOLING_BACKWARD, window, Operand.describable(gradY), gradX);
    return gradX;
  }

  private static boolean areRight(long[] shapeX, ConvGeometry window) {
    int last = window.rank() - 1;
    long length = shapeX[last + 2];
    return PoolingBlocks.areRight(length, window.outputLength(last, length), window);
  }

  private INDArray floats(INDArray array) {
    return array.dataType() == DataType.FLOAT ? array : arithmetic.cast(array, DataType.FLOAT);
  }

  /** What is computed with floats, in the type of an array. */
  private INDArray portable(INDArray like, Supplier<INDArray> work) {
    INDArray result = work.get();
    return like.dataType() == DataType.FLOAT ? result : arithmetic.cast(result, like.dataType());
  }

  private static INDArray channelsLast(INDArray like, long[] shape) {
    return Arena.allocate(like.dataType(), Layout.CHANNELS_LAST, shape);
  }
}
