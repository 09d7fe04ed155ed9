package io.bayes4j.imports.onnx;

import io.bayes4j.imports.onnx.Value.Computed;
import java.util.Arrays;

/**
 * How a window moves over spatial axes: the options that convolutions and poolings share.
 *
 * @param before elements added before each spatial axis
 * @param after elements added behind each
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
record Windows(int[] kernel, int[] stride, int[] dilation, int[] before, int[] after) {
  static Windows of(OpNode node, Computed x, int... kernel) {
    int rank = kernel.length;
    if (x.rank() != rank + 2 || rank > 3 || rank < 1) {
      throw new IllegalArgumentException(
          "has a window of " + rank + " axes over " + Dim.text(x.shape()));
    }
    int[] stride = numbers(node, "strides", rank, 1);
    int[] dilation = numbers(node, "dilations", rank, 1);
    int[] pads = numbers(node, "pads", 2 * rank, 0);
    int[] before = Arrays.copyOf(pads, rank);
    int[] after = Arrays.copyOfRange(pads, rank, 2 * rank);
    String auto = node.text("auto_pad", "NOTSET");
    for (int axis = 0; axis < rank && auto.startsWith("SAME"); axis++) {
      Dim length = x.shape().get(axis + 2);
      int extent = (kernel[axis] - 1) * dilation[axis] + 1;
      long total = stride[axis] == 1 ? extent - 1 : total(length.value(), stride[axis], extent);
      int small = (int) (total / 2);
      int large = (int) (total - small);
      before[axis] = auto.equals("SAME_UPPER") ? small : large;
      after[axis] = auto.equals("SAME_UPPER") ? large : small;
    }
    if (auto.equals("VALID")) {
      Arrays.fill(before, 0);
      Arrays.fill(after, 0);
    }
    return new Windows(kernel, stride, dilation, before, after);
  }

  /** Padding that makes the output as long as the input over the stride, rounded up. */
  private static long total(long length, int stride, int extent) {
    long windows = (length + stride - 1) / stride;
    return Math.max(0, (windows - 1) * stride + extent - length);
  }

  static int[] numbers(OpNode node, String name, int count, int otherwise) {
    long[] given = node.numbers(name).orElseGet(() -> new long[0]);
    if (given.length == 0) {
      int[] all = new int[count];
      Arrays.fill(all, otherwise);
      return all;
    }
    if (given.length != count) {
      throw new IllegalArgumentException("has " + given.length + " " + name + ", not " + count);
    }
    return Arrays.stream(given).mapToInt(Math::toIntExact).toArray();
  }

  boolean symmetric() {
    return Arrays.equals(before, after);
  }

  int rank() {
    return kernel.length;
  }

  int extent(int axis) {
    return (kernel[axis] - 1) * dilation[axis] + 1;
  }

  /** Length of the output along a spatial axis, for windows that fit wholly. */
  Dim length(int axis, Dim input) {
    Dim room = input.plus(Dim.of((long) before[axis] + after[axis] - extent(axis)));
    return room.fixed()
        ? Dim.of(Math.floorDiv(room.constant(), stride[axis]) + 1)
        : stride[axis] == 1 ? room.plus(Dim.of(1)) : Dim.OPEN;
  }
}
