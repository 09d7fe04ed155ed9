package io.bayes4j.imports.keras;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels of Keras, which have channels last, in the order of this library. */
final class Kernels {
  /** Rows of a matrix that are turned at once: 64 bytes of each column. */
  private static final int TILE = 16;

  private Kernels() {}

  /** [spatial ..., inputs, outputs] as [outputs, inputs, spatial ...]. */
  static INDArray conv(INDArray kernel) {
    int rank = kernel.rank() - 2;
    return kernel.permute(axes(rank, rank + 1, rank));
  }

  /** [spatial ..., outputs, inputs] of a transposed convolution as [inputs, outputs, ...]. */
  static INDArray transposed(INDArray kernel) {
    return conv(kernel);
  }

  /** [spatial ..., inputs, multiplier] as [inputs * multiplier, 1, spatial ...]. */
  static INDArray depthwise(INDArray kernel) {
    int rank = kernel.rank() - 2;
    INDArray moved = dense(kernel.permute(axes(rank, rank, rank + 1)));
    long[] shape = new long[rank + 2];
    shape[0] = kernel.size(rank) * kernel.size(rank + 1);
    shape[1] = 1;
    System.arraycopy(kernel.shape(), 0, shape, 2, rank);
    return Detached.reshape(moved, shape);
  }

  /** A matrix with its rows as columns, copied a few rows at a time. */
  static INDArray columns(INDArray matrix) {
    int rows = (int) matrix.size(0);
    int columns = (int) matrix.size(1);
    INDArray result = Detached.create(DataType.FLOAT, columns, rows);
    FloatMemory from = FloatMemory.of(matrix.isView() ? dense(matrix) : matrix, "matrix");
    FloatMemory to = FloatMemory.of(result, "result");
    int tile = Math.min(TILE, rows);
    float[] block = new float[tile * columns];
    float[] column = new float[tile];
    for (int top = 0; top < rows; top += tile) {
      int count = Math.min(tile, rows - top);
      from.read((long) top * columns, block, count * columns);
      for (int c = 0; c < columns; c++) {
        for (int r = 0; r < count; r++) {
          column[r] = block[r * columns + c];
        }
        to.write((long) c * rows + top, column, count);
      }
    }
    return result;
  }

  /** A copy in row-major order. */
  static INDArray dense(INDArray array) {
    return Detached.copy(array, Detached.create(array.dataType(), array.shape()));
  }

  private static int[] axes(int rank, int first, int second) {
    return IntStream.concat(IntStream.of(first, second), IntStream.range(0, rank)).toArray();
  }

  /**
   * A kernel with its spatial axes turned round.
   *
   * @param kernel with spatial axes first
   */
  static INDArray turned(INDArray kernel, int rank) {
    float[] from = dense(kernel).data().asFloat();
    float[] to = new float[from.length];
    int places = 1;
    for (int axis = 0; axis < rank; axis++) {
      places *= (int) kernel.size(axis);
    }
    int block = from.length / places;
    for (int i = 0; i < places; i++) {
      System.arraycopy(from, i * block, to, (places - 1 - i) * block, block);
    }
    return Detached.of(to, kernel.shape());
  }
}
