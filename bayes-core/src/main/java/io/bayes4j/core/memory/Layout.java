package io.bayes4j.core.memory;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The order in which a dense array keeps its elements: shapes are always [N, C, spatial ...], only
 * the strides differ.
 */
public enum Layout {
  /** Row-major, the last axis is contiguous. */
  ROW_MAJOR,
  /** The channel axis 1 is contiguous (NHWC memory under an NCHW shape). */
  CHANNELS_LAST;

  /** Strides in elements of a dense array of this shape. */
  public long[] strides(long[] shape) {
    Require.nonNull(shape, "shape");
    int rank = shape.length;
    long[] strides = new long[rank];
    long step = 1;
    boolean last = this == CHANNELS_LAST && rank > 2;
    if (last) {
      strides[1] = 1;
      step = Math.max(1, shape[1]);
    }
    for (int axis = rank - 1; axis >= 0; axis--) {
      if (last && axis == 1) {
        continue;
      }
      strides[axis] = step;
      step *= Math.max(1, shape[axis]);
    }
    return strides;
  }

  /** Whether the array is dense in this layout; axes of length one have no order. */
  public boolean describes(INDArray array) {
    Require.open(array, "array");
    long[] shape = array.shape();
    long[] expected = strides(shape);
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] != 1 && array.stride(axis) != expected[axis]) {
        return false;
      }
    }
    return true;
  }

  /** The layout of a dense array; row-major if both describe it, or neither. */
  public static Layout of(INDArray array) {
    return !ROW_MAJOR.describes(array) && CHANNELS_LAST.describes(array)
        ? CHANNELS_LAST
        : ROW_MAJOR;
  }

  /**
   * The array itself if it is dense in this layout, else a copy in it, of type BFLOAT16 if the
   * array is, else FLOAT.
   */
  public INDArray ensure(INDArray array) {
    Require.argument(
        !Require.open(array, "array").isEmpty() || array.rank() == 0,
        "array must not be empty, got shape %s",
        Require.text(array.shape()));
    if (describes(array)) {
      return array;
    }
    DataType type = array.dataType() == DataType.BFLOAT16 ? DataType.BFLOAT16 : DataType.FLOAT;
    return Detached.copy(array, Arena.allocate(type, this, array.shape()));
  }

  /**
   * The elements of a dense array as a vector, in memory order and without a copy.
   *
   * @throws IllegalArgumentException if the array is dense in neither layout
   */
  public static INDArray flat(INDArray array) {
    Require.open(array, "array");
    Require.argument(!array.isEmpty(), "array must not be empty");
    requireDense(array);
    long[] shape = {array.length()};
    return Detached.view(array, array.offset(), shape, 1);
  }

  /**
   * The elements of a dense array in memory order, for loops in plain Java.
   *
   * @param name what messages call the array
   * @throws IllegalArgumentException if the array is dense in neither layout, or not of type float
   */
  public static FloatMemory memory(INDArray array, String name) {
    Require.open(array, "array");
    requireDense(array);
    return FloatMemory.inMemoryOrder(array, name);
  }

  private static void requireDense(INDArray array) {
    // Texts are made for messages alone: a step comes here hundreds of times.
    if (!ROW_MAJOR.describes(array) && !CHANNELS_LAST.describes(array)) {
      throw new IllegalArgumentException("array must be dense, got " + array.shapeInfoToString());
    }
  }

  /** A channels-last array seen as [N, spatial ..., C], which is row-major; no copy. */
  public static INDArray channelsLastView(INDArray array) {
    Require.open(array, "array");
    int rank = array.rank();
    if (rank <= 2) {
      return array;
    }
    int[] axes = new int[rank];
    for (int axis = 1; axis < rank - 1; axis++) {
      axes[axis] = axis + 1;
    }
    axes[rank - 1] = 1;
    return array.permute(axes);
  }
}
