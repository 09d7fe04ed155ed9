package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.kernels.PoolGeometry;

/**
 * How a pooling's windows lie along a spatial axis.
 *
 * @param length of the input
 * @param windows that there are
 * @param taps of a window
 * @param stride from a window to the next
 * @param padding before the input
 * @param dilation from a tap to the next
 */
record PoolAxis(int length, int windows, int taps, int stride, int padding, int dilation) {
  private static final PoolAxis ONE = new PoolAxis(1, 1, 1, 1, 0, 1);
  private static final int AXES = 3;

  /** Three axes, the first ones of length one if there are fewer. */
  static PoolAxis[] three(long[] shapeX, PoolGeometry geometry) {
    long[] shapeY = geometry.outputShape(shapeX);
    PoolAxis[] axes = {ONE, ONE, ONE};
    for (int axis = 0; axis < geometry.rank(); axis++) {
      axes[AXES - geometry.rank() + axis] =
          new PoolAxis(
              Math.toIntExact(shapeX[axis + 2]),
              Math.toIntExact(shapeY[axis + 2]),
              geometry.window().kernel().get(axis),
              geometry.window().stride().get(axis),
              geometry.window().padding().get(axis),
              geometry.window().dilation().get(axis));
    }
    return axes;
  }

  private int start(int window) {
    return window * stride - padding;
  }

  /** Where a tap of a window is, perhaps outside of the input. */
  int place(int window, int tap) {
    return start(window) + tap * dilation;
  }

  /** The first tap that is not before the input. */
  int first(int window) {
    return Math.max(0, Math.floorDiv(dilation - 1 - start(window), dilation));
  }

  /** The last tap that is not behind the input. */
  int last(int window) {
    return Math.min(taps - 1, Math.floorDiv(length - 1 - start(window), dilation));
  }
}
