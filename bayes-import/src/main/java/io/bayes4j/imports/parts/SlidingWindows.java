package io.bayes4j.imports.parts;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Pass;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The windows of a convolution or pool along each spatial axis.
 *
 * @param size of a window, with the gaps that dilation makes
 * @param stride between windows
 */
public record SlidingWindows(List<Integer> size, List<Integer> stride) {
  /** Checks and copies the numbers. */
  public SlidingWindows {
    size = List.copyOf(positive(size, "size"));
    stride = List.copyOf(positive(stride, "stride"));
    Require.argument(
        size.size() == stride.size(), "stride must have a number for each of size, got %s", stride);
  }

  /** Windows of a kernel whose elements lie apart. */
  public static SlidingWindows of(
      List<Integer> kernel, List<Integer> stride, List<Integer> dilation) {
    positive(kernel, "kernel");
    positive(dilation, "dilation");
    Require.argument(
        kernel.size() == dilation.size(),
        "dilation must have a number for each of kernel, got %s",
        dilation);
    List<Integer> size =
        IntStream.range(0, kernel.size())
            .mapToObj(i -> (kernel.get(i) - 1) * dilation.get(i) + 1)
            .toList();
    return new SlidingWindows(size, stride);
  }

  private static List<Integer> positive(List<Integer> numbers, String name) {
    Require.elements(numbers, name);
    boolean all = !numbers.isEmpty() && numbers.stream().allMatch(number -> number > 0);
    Require.argument(all, "%s must be one or more numbers above zero, got %s", name, numbers);
    return numbers;
  }

  /** Number of axes. */
  public int rank() {
    return size.size();
  }

  /** Number of windows along each axis without padding. */
  public List<Integer> valid(List<Integer> lengths) {
    return map(lengths, (i, n) -> Math.floorDiv(n - size.get(i), stride.get(i)) + 1);
  }

  /** Number of windows along each axis with "same" padding. */
  public List<Integer> same(List<Integer> lengths) {
    return map(lengths, (i, n) -> (n + stride.get(i) - 1) / stride.get(i));
  }

  /** Elements that "same" padding adds along an axis of a length. */
  public int padding(int axis, int length) {
    Require.argument(axis >= 0 && axis < rank(), "axis must be in [0, %d), got %d", rank(), axis);
    Require.argument(
        length >= 0 && length < 1 << 30, "length must be in [0, 2^30), got %d", length);
    int windows = (length + stride.get(axis) - 1) / stride.get(axis);
    return Math.max((windows - 1) * stride.get(axis) + size.get(axis) - length, 0);
  }

  /**
   * What "same" padding adds on both sides of each axis, if it is as much on both, whatever the
   * length or for the length given; else empty.
   */
  public Optional<int[]> evenPadding(List<Integer> lengths) {
    requireLengths(lengths);
    int[] sides = new int[rank()];
    for (int axis = 0; axis < rank(); axis++) {
      boolean any = stride.get(axis) == 1;
      if (!any && lengths.get(axis) < 0) {
        return Optional.empty();
      }
      int total = any ? size.get(axis) - 1 : padding(axis, lengths.get(axis));
      if (total % 2 != 0) {
        return Optional.empty();
      }
      sides[axis] = total / 2;
    }
    return Optional.of(sides);
  }

  /** A function of an axis and a known length. */
  private interface Lengths {
    int of(int axis, int length);
  }

  private void requireLengths(List<Integer> lengths) {
    Require.elements(lengths, "lengths");
    Require.argument(
        lengths.size() == rank(), "lengths must be %d numbers, got %s", rank(), lengths);
  }

  private List<Integer> map(List<Integer> lengths, Lengths f) {
    requireLengths(lengths);
    return IntStream.range(0, lengths.size())
        .mapToObj(i -> lengths.get(i) < 0 ? -1 : f.of(i, lengths.get(i)))
        .toList();
  }

  /** Checks that a layer's input has an axis for each of the windows', behind two others. */
  void requireInput(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(
        x.rank() == rank() + 2,
        "x must have %d axes, got shape %s",
        rank() + 2,
        Require.text(x.shape()));
  }
}
