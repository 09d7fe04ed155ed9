package io.bayes4j.layers;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.PoolGeometry;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Options of a pooling in 1, 2 or 3 dimensions; the defaults, and the rules, are PyTorch's.
 *
 * <pre>{@code PoolSpec.of(3, 2).withStride(2, 1).withPadding(1, 0).withCeilMode()}</pre>
 *
 * @param window size of the window for each spatial axis
 * @param stride step for each spatial axis
 * @param padding elements added on both sides of each spatial axis, at most half of the window
 * @param dilation distance between the elements of a window, of a maximum alone
 * @param ceilMode whether a last window counts that the padded input does not fill, as long as it
 *     starts inside the input or the padding before it
 * @param countIncludePad whether a mean divides by the padding too, which counts as zeros
 * @param divisorOverride what a mean divides the sum of a window by, or 0 for the number of its
 *     elements
 */
@CheckReturnValue
public record PoolSpec(
    List<Integer> window,
    List<Integer> stride,
    List<Integer> padding,
    List<Integer> dilation,
    boolean ceilMode,
    boolean countIncludePad,
    int divisorOverride) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the option, its value and the rule
   */
  public PoolSpec {
    requireAxes("window", window, window, 1);
    requireAxes("stride", stride, window, 1);
    requireAxes("padding", padding, window, 0);
    requireAxes("dilation", dilation, window, 1);
    Require.argument(
        window.size() >= 1 && window.size() <= 3, "window must have 1 to 3 axes, got %s", window);
    Require.argument(
        divisorOverride >= 0, "divisorOverride must be at least 0, got %d", divisorOverride);
    window = List.copyOf(window);
    stride = List.copyOf(stride);
    padding = List.copyOf(padding);
    dilation = List.copyOf(dilation);
    for (int axis = 0; axis < window.size(); axis++) {
      Require.argument(
          padding.get(axis) * 2L <= window.get(axis),
          "padding (=%d) must be at most half of the window (=%d)",
          padding.get(axis),
          window.get(axis));
    }
  }

  private static void requireAxes(
      String name, List<Integer> numbers, List<Integer> window, int least) {
    Require.argument(numbers != null, "%s must not be null", name);
    Require.argument(
        numbers.size() == window.size()
            && numbers.stream().allMatch(number -> number != null && number >= least),
        "%s must be %d numbers of at least %d, got %s",
        name,
        window.size(),
        least,
        numbers);
  }

  /** Windows of a size, one number for each spatial axis, that touch but do not overlap. */
  public static PoolSpec of(int... window) {
    Require.argument(window != null, "window must not be null");
    List<Integer> size = Arrays.stream(window).boxed().toList();
    List<Integer> ones = Collections.nCopies(size.size(), 1);
    List<Integer> zeros = Collections.nCopies(size.size(), 0);
    return new PoolSpec(size, size, zeros, ones, false, true, 0);
  }

  /** The same with another stride: one number, or one for each spatial axis. */
  public PoolSpec withStride(int... numbers) {
    return new PoolSpec(
        window,
        axes("stride", numbers),
        padding,
        dilation,
        ceilMode,
        countIncludePad,
        divisorOverride);
  }

  /** The same with padding: one number, or one for each spatial axis. */
  public PoolSpec withPadding(int... numbers) {
    return new PoolSpec(
        window,
        stride,
        axes("padding", numbers),
        dilation,
        ceilMode,
        countIncludePad,
        divisorOverride);
  }

  /** The same with another dilation, of a maximum: one number, or one for each spatial axis. */
  public PoolSpec withDilation(int... numbers) {
    return new PoolSpec(
        window,
        stride,
        padding,
        axes("dilation", numbers),
        ceilMode,
        countIncludePad,
        divisorOverride);
  }

  /** The same with a last window that the input does not fill, if there is one. */
  public PoolSpec withCeilMode() {
    return new PoolSpec(window, stride, padding, dilation, true, countIncludePad, divisorOverride);
  }

  /** The same, a mean dividing by the elements of the input under the window alone. */
  public PoolSpec withoutCountingPadding() {
    return new PoolSpec(window, stride, padding, dilation, ceilMode, false, divisorOverride);
  }

  /**
   * The same, a mean dividing by a number of its own.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public PoolSpec withDivisor(int divisor) {
    Require.positive(divisor, "divisor");
    return new PoolSpec(window, stride, padding, dilation, ceilMode, countIncludePad, divisor);
  }

  private List<Integer> axes(String name, int... numbers) {
    Require.argument(numbers != null, "%s must not be null", name);
    Require.argument(
        numbers.length == 1 || numbers.length == rank(),
        "%s must be one number or %d, got %s",
        name,
        rank(),
        Arrays.toString(numbers));
    return numbers.length == 1
        ? Collections.nCopies(rank(), numbers[0])
        : Arrays.stream(numbers).boxed().toList();
  }

  /** Number of spatial axes. */
  public int rank() {
    return window.size();
  }

  PoolSpec requireRank(int rank) {
    Require.argument(rank() == rank, "window must have %d spatial axes here, got %s", rank, window);
    return this;
  }

  PoolSpec requireMaximum() {
    Require.argument(countIncludePad, "countIncludePad is an option of average pooling, got false");
    Require.argument(
        divisorOverride == 0,
        "divisorOverride is an option of average pooling, got %d",
        divisorOverride);
    return this;
  }

  PoolSpec requireAverage() {
    Require.argument(
        dilation.stream().allMatch(d -> d == 1),
        "dilation is an option of max pooling, got %s",
        dilation);
    return this;
  }

  PoolGeometry geometry() {
    ConvGeometry sizes = new ConvGeometry(window, stride, padding, dilation, 1);
    return new PoolGeometry(sizes, ceilMode, countIncludePad, divisorOverride);
  }

  /** What is not PyTorch's default, as PyTorch names it. */
  String options() {
    StringBuilder text = new StringBuilder();
    text.append("kernel=").append(window);
    text.append(", stride=").append(stride);
    text.append(", padding=").append(padding);
    if (dilation.stream().anyMatch(d -> d > 1)) {
      text.append(", dilation=").append(dilation);
    }
    if (ceilMode) {
      text.append(", ceil_mode=true");
    }
    if (!countIncludePad) {
      text.append(", count_include_pad=false");
    }
    if (divisorOverride > 0) {
      text.append(", divisor_override=").append(divisorOverride);
    }
    return text.toString();
  }
}
