package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Require;
import java.util.stream.IntStream;

/**
 * How a pooling's window moves over its input, by PyTorch's rules.
 *
 * @param window size, stride, padding and dilation; groups have no meaning
 * @param ceilMode whether a last window that the padded input does not fill counts, if it starts
 *     inside the input or the padding before it
 * @param countsPadding whether a mean divides by the padding too, which counts as zeros; what lies
 *     behind the padding never counts
 * @param divisor what the sum of a window is divided by, or 0 for the number of its elements
 */
public record PoolGeometry(
    ConvGeometry window, boolean ceilMode, boolean countsPadding, int divisor) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if padding is over half of the window, or the divisor negative
   */
  public PoolGeometry {
    Require.nonNull(window, "window");
    Require.argument(divisor >= 0, "divisor must be at least 0, got %d", divisor);
    for (int axis = 0; axis < window.rank(); axis++) {
      int padding = window.padding().get(axis);
      int kernel = window.kernel().get(axis);
      Require.argument(
          padding * 2L <= kernel,
          "padding (=%d) must be at most half of the window (=%d)",
          padding,
          kernel);
    }
  }

  /**
   * A window that is not dilated, of which only whole ones count, with padding.
   *
   * @throws IllegalArgumentException if it is dilated, or padding is over half of it
   */
  public static PoolGeometry of(ConvGeometry window) {
    PoolGeometry g = new PoolGeometry(window, false, true, 0);
    g.requireNoDilation();
    return g;
  }

  /**
   * Checks that a mean can be taken of the window.
   *
   * @throws IllegalArgumentException if it is dilated
   */
  public void requireNoDilation() {
    Require.argument(
        window.dilation().stream().allMatch(d -> d == 1),
        "dilation of a window must be 1, got %s",
        window.dilation());
  }

  /** Number of spatial axes. */
  public int rank() {
    return window.rank();
  }

  /** Elements from the first to the last of a window. */
  private static long extent(ConvGeometry window, int axis) {
    return (long) window.dilation().get(axis) * (window.kernel().get(axis) - 1) + 1;
  }

  /**
   * Output length along a spatial axis.
   *
   * @throws IllegalArgumentException if no window fits
   */
  public long outputLength(int axis, long inputLength) {
    if (!ceilMode) {
      return window.outputLength(axis, inputLength);
    }
    long stride = window.stride().get(axis);
    long padding = window.padding().get(axis);
    long room = inputLength + 2 * padding - extent(window, axis) + stride - 1;
    Require.argument(
        room >= 0,
        "input length %d with padding %d and stride %d must reach the window's extent %d, the last"
            + " step apart (spatial axis %d)",
        inputLength,
        padding,
        stride,
        extent(window, axis),
        axis);
    long last = room / stride;
    return last * stride >= inputLength + padding ? last : last + 1;
  }

  /** How far the last window reaches behind the input. */
  public long overEnd(int axis, long inputLength) {
    long last = (outputLength(axis, inputLength) - 1) * window.stride().get(axis);
    return last + extent(window, axis) - inputLength - window.padding().get(axis);
  }

  /**
   * Shape [N, C, spatial ...] of the output for an input [N, C, spatial ...].
   *
   * @throws IllegalArgumentException if the input has another rank, or no window fits
   */
  public long[] outputShape(long[] inputShape) {
    Require.nonNull(inputShape, "inputShape");
    Require.argument(
        inputShape.length == rank() + 2,
        "inputShape must have %d axes [N, C, spatial ...], got shape %s",
        rank() + 2,
        Require.text(inputShape));
    for (long length : inputShape) {
      Require.argument(
          length > 0, "inputShape must have lengths > 0, got %s", Require.text(inputShape));
    }
    long[] shape = inputShape.clone();
    IntStream.range(0, rank())
        .forEach(axis -> shape[axis + 2] = outputLength(axis, inputShape[axis + 2]));
    return shape;
  }
}
