package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Require;
import java.util.List;

/**
 * How a convolution's kernel moves over its input: one number for each spatial axis, zero padding
 * on both sides.
 *
 * @param kernel spatial size of the kernel, 1 to 3 axes
 * @param stride step of the kernel, at least 1
 * @param padding zeros added before and after each axis
 * @param dilation distance between the kernel's elements, at least 1
 * @param groups number of independent groups of channels
 */
public record ConvGeometry(
    List<Integer> kernel,
    List<Integer> stride,
    List<Integer> padding,
    List<Integer> dilation,
    int groups) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if the lists differ in length, the rank is not 1 to 3, or a
   *     number is out of range
   */
  public ConvGeometry {
    Require.elements(kernel, "kernel");
    Require.elements(stride, "stride");
    Require.elements(padding, "padding");
    Require.elements(dilation, "dilation");
    kernel = List.copyOf(kernel);
    stride = List.copyOf(stride);
    padding = List.copyOf(padding);
    dilation = List.copyOf(dilation);
    int rank = kernel.size();
    Require.argument(rank >= 1 && rank <= 3, "kernel must have 1 to 3 axes, got %s", kernel);
    requireAxes("kernel", kernel, rank, 1);
    requireAxes("stride", stride, rank, 1);
    requireAxes("padding", padding, rank, 0);
    requireAxes("dilation", dilation, rank, 1);
    Require.positive(groups, "groups");
  }

  /** Number of spatial axes. */
  public int rank() {
    return kernel.size();
  }

  /**
   * Output length along a spatial axis.
   *
   * @throws IllegalArgumentException if the dilated kernel is longer than the padded input
   */
  public long outputLength(int axis, long inputLength) {
    Require.argument(axis >= 0 && axis < rank(), "axis must be in [0, %d), got %d", rank(), axis);
    long extent = (long) dilation.get(axis) * (kernel.get(axis) - 1) + 1;
    long room = inputLength + 2L * padding.get(axis) - extent;
    Require.argument(
        inputLength > 0 && room >= 0,
        "input length %d with padding %d must be at least the kernel's extent %d (spatial axis %d)",
        inputLength,
        padding.get(axis),
        extent,
        axis);
    return room / stride.get(axis) + 1;
  }

  /**
   * Shape [N, units, spatial ...] of the output for an input [N, C, spatial ...].
   *
   * @throws IllegalArgumentException if the input has another rank, or is too short for the kernel
   */
  public long[] outputShape(long[] inputShape, long units) {
    Require.nonNull(inputShape, "inputShape");
    Require.argument(
        inputShape.length == rank() + 2,
        "inputShape must have %d axes [N, C, spatial ...], got shape %s",
        rank() + 2,
        Require.text(inputShape));
    Require.positive(units, "units");
    for (int axis = 0; axis < 2; axis++) {
      Require.argument(
          inputShape[axis] > 0, "inputShape must be positive, got %s", Require.text(inputShape));
    }
    long[] shape = inputShape.clone();
    shape[1] = units;
    for (int axis = 0; axis < rank(); axis++) {
      shape[axis + 2] = outputLength(axis, inputShape[axis + 2]);
    }
    return shape;
  }

  private static boolean areAtLeast(int least, List<Integer> values) {
    for (int value : values) {
      if (value < least) {
        return false;
      }
    }
    return true;
  }

  private static void requireAxes(String name, List<Integer> values, int rank, int least) {
    Require.argument(
        values.size() == rank && areAtLeast(least, values),
        "%s must be %d numbers of at least %d, got %s",
        name,
        rank,
        least,
        values);
  }
}
