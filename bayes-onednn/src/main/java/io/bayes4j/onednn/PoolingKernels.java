package io.bayes4j.onednn;

import io.bayes4j.core.internal.FiniteScan;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Poolings and their gradients, by the portable kernels where oneDNN has none that are right: for
 * dilated windows, for a maximum of what is not finite, for means that it divides otherwise, and
 * where {@link PoolingBlocks} are wrong.
 */
final class PoolingKernels {
  /** Of fewer, the call of a primitive takes longer than the maxima in Java. */
  private static final long FEWEST_FLOATS = 4096;

  private final Runner runner;
  private final Arithmetic arithmetic;

  PoolingKernels(Runner runner, Arithmetic arithmetic) {
    this.runner = runner;
    this.arithmetic = arithmetic;
  }

  /** What is not finite oneDNN takes for the smallest float. */
  INDArray max(INDArray x, PoolGeometry window) {
    if (fits(x.shape(), window) && isFaster(x)) {
      INDArray in = Operand.describable(x);
      INDArray y = channelsLast(x, window.outputShape(x.shape()));
      if (isFiniteWhilePooling(window, in, y)) {
        return y;
      }
      Arena.release(y);
    }
    return portable(
        x,
        () ->
            Kernels.portable()
                .maxPool(arithmetic.inLayout(floats(x), Layout.CHANNELS_LAST), window));
  }

  /** Whether oneDNN takes less time for a maximum than the portable kernel. */
  private static boolean isFaster(INDArray x) {
    return x.dataType() != DataType.FLOAT
        || (NativeLibrary.hasAvx512() && x.length() >= FEWEST_FLOATS);
  }

  private boolean isFiniteWhilePooling(PoolGeometry window, INDArray x, INDArray y) {
    try (FiniteSums sums = new FiniteSums(x)) {
      runner.run(Operation.MAX_POOLING, window, sums.look(), x, y, sums.argument());
      return sums.areFinite();
    }
  }

  INDArray maxBackward(INDArray x, INDArray y, INDArray gradY, PoolGeometry window) {
    // A window with what is not a number has it as its maximum: y is shorter to search than x.
    if (!fits(x.shape(), window) || !FiniteScan.of(Operand.describable(y)).all()) {
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

  INDArray average(INDArray x, PoolGeometry window) {
    if (!averages(x.shape(), window)) {
      return portable(x, () -> Kernels.portable().avgPool(floats(x), window));
    }
    INDArray y = channelsLast(x, window.outputShape(x.shape()));
    runner.run(Operation.AVERAGE_POOLING, window, Operand.describable(x), y);
    return y;
  }

  INDArray averageBackward(INDArray gradY, long[] shapeX, PoolGeometry window) {
    if (!averages(shapeX, window)) {
      return portable(
          gradY, () -> Kernels.portable().avgPoolBackward(floats(gradY), shapeX, window));
    }
    INDArray gradX = channelsLast(gradY, shapeX);
    runner.run(Operation.AVERAGE_POOLING_BACKWARD, window, Operand.describable(gradY), gradX);
    return gradX;
  }

  /** Whether oneDNN has a pooling for it that is right. */
  static boolean fits(long[] shapeX, PoolGeometry window) {
    return window.window().dilation().stream().allMatch(d -> d == 1)
        && PoolingBlocks.areRight(shapeX, window);
  }

  private static boolean averages(long[] shapeX, PoolGeometry window) {
    return window.divisor() == 0
        && (!window.countsPadding() || staysInPadding(shapeX, window))
        && fits(shapeX, window);
  }

  /** Whether no window reaches behind the padding, which oneDNN would count. */
  private static boolean staysInPadding(long[] shapeX, PoolGeometry window) {
    return IntStream.range(0, window.rank())
        .allMatch(
            axis -> window.overEnd(axis, shapeX[axis + 2]) <= window.window().padding().get(axis));
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
