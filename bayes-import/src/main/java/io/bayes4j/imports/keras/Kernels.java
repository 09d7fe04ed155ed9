package io.bayes4j.imports.keras;

import io.bayes4j.layers.Init;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels of Keras, which have channels last, in the order of this library. */
final class Kernels {
  private Kernels() {}

  /**
   * [spatial ..., inputs, outputs] as [outputs, inputs, spatial ...], and the same for a transposed
   * convolution, which has inputs and outputs the other way round in both.
   */
  static INDArray conv(StoredArray kernel) {
    int rank = kernel.rank() - 2;
    return kernel.lastFirst(
        IntStream.concat(IntStream.of(rank), IntStream.range(0, rank)).toArray());
  }

  /** [spatial ..., inputs, multiplier] as [spatial ..., 1, inputs * multiplier]. */
  static StoredArray depthwise(StoredArray kernel) {
    int rank = kernel.rank() - 2;
    long[] shape = kernel.shape();
    shape[rank + 1] *= shape[rank];
    shape[rank] = 1;
    return kernel.reshaped(shape);
  }

  /** [inputs, outputs] as [outputs, inputs]. */
  static INDArray dense(StoredArray kernel) {
    return kernel.lastFirst(0);
  }

  /** Weights for one layer, which become its own. */
  static Init init(INDArray kernel, Optional<StoredArray> bias) {
    return Init.given(kernel, bias.map(StoredArray::array));
  }

  /**
   * A kernel with its spatial axes turned round.
   *
   * @param kernel with spatial axes first
   */
  static StoredArray turned(StoredArray kernel, int rank) {
    float[] from = kernel.numbers();
    float[] to = new float[from.length];
    int places = 1;
    for (int axis = 0; axis < rank; axis++) {
      places *= (int) kernel.size(axis);
    }
    int block = from.length / places;
    for (int i = 0; i < places; i++) {
      System.arraycopy(from, i * block, to, (places - 1 - i) * block, block);
    }
    return StoredArray.of(FloatBuffer.wrap(to), kernel.shape());
  }

  /** [outputs, inputs, spatial ...] as [spatial ..., inputs, outputs]. */
  static StoredArray channelsLast(StoredArray kernel) {
    int rank = kernel.rank() - 2;
    long[] shape = kernel.shape();
    long[] moved = Arrays.copyOfRange(shape, 2, rank + 4);
    moved[rank] = shape[1];
    moved[rank + 1] = shape[0];
    float[] from = kernel.numbers();
    float[] to = new float[from.length];
    int channels = (int) (shape[0] * shape[1]);
    int places = from.length / channels;
    for (int output = 0; output < shape[0]; output++) {
      for (int input = 0; input < shape[1]; input++) {
        for (int place = 0; place < places; place++) {
          to[(int) ((place * shape[1] + input) * shape[0] + output)] =
              from[(int) ((output * shape[1] + input) * places + place)];
        }
      }
    }
    return StoredArray.of(FloatBuffer.wrap(to), moved);
  }
}
