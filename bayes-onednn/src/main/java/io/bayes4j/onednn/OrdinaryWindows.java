package io.bayes4j.onednn;

import io.bayes4j.core.kernels.ConvGeometry;

/**
 * Whether a convolution's windows are such as oneDNN 2.5 has been made for.
 *
 * <p>Where windows, or elements of the kernel, meet nothing but padding, its convolutions with
 * something to follow call kernels that were never compiled, and its BF16 gradients are wrong.
 */
final class OrdinaryWindows {
  private OrdinaryWindows() {}

  /** Whether along every axis each window and each element of the kernel meets the input. */
  static boolean are(long[] shapeX, ConvGeometry geometry) {
    for (int axis = 0; axis < geometry.rank(); axis++) {
      if (geometry.padding().get(axis) > 0 && !new Axis(shapeX[axis + 2], geometry, axis).meet()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether convolutions in BF16 are right too: over volumes they lose or repeat what is at the
   * edges if windows step over the depth and there is padding.
   */
  static boolean areInBf16(long[] shapeX, ConvGeometry geometry) {
    boolean stepsOverDepth = geometry.rank() == 3 && geometry.stride().get(0) > 1;
    boolean padded = geometry.padding().stream().anyMatch(padding -> padding > 0);
    return !(stepsOverDepth && padded) && are(shapeX, geometry);
  }

  /**
   * Whether the gradient of weights is right in any precision: over volumes it loses elements if
   * windows step over the depth and half of one or more is padding.
   */
  static boolean haveWeightGradient(ConvGeometry geometry) {
    long extent = (long) geometry.dilation().get(0) * (geometry.kernel().get(0) - 1) + 1;
    return geometry.rank() < 3
        || geometry.stride().get(0) == 1
        || 2L * geometry.padding().get(0) < extent;
  }

  private record Axis(long length, long windows, long kernel, long stride, long pad, long step) {
    Axis(long length, ConvGeometry g, int axis) {
      this(
          length,
          g.outputLength(axis, length),
          g.kernel().get(axis),
          g.stride().get(axis),
          g.padding().get(axis),
          g.dilation().get(axis));
    }

    boolean meet() {
      long extent = step * (kernel - 1) + 1;
      if (length + pad < extent) {
        return false;
      }
      for (long tap = 0; tap < kernel; tap++) {
        if (!tapMeets(tap)) {
          return false;
        }
      }
      for (long start = -pad; start < 0; start += stride) {
        if (start <= (windows - 1) * stride - pad && !windowMeets(start)) {
          return false;
        }
      }
      for (long start = (windows - 1) * stride - pad; start + extent > length; start -= stride) {
        if (start >= -pad && !windowMeets(start)) {
          return false;
        }
      }
      return true;
    }

    private boolean tapMeets(long tap) {
      long offset = tap * step - pad;
      long first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
      return first < windows && first * stride + offset < length;
    }

    private boolean windowMeets(long start) {
      for (long tap = 0; tap < kernel; tap++) {
        long at = start + tap * step;
        if (at >= 0 && at < length) {
          return true;
        }
      }
      return false;
    }
  }
}
