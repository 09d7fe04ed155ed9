package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.ops.conv.Convolutions;
import io.bayes4j.core.ops.conv.Taps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Largest values, or NaN if there is one, of windows that share out [N, C, spatial ...] so that the
 * output has given lengths, by PyTorch's rule, as {@link AdaptiveAvgPool} does.
 *
 * @param lengths of the output's spatial axes
 */
public record AdaptiveMaxPool(List<Integer> lengths) implements Layer {
  /**
   * Checks the lengths.
   *
   * @throws IllegalArgumentException if there are not one to three, or one is not above zero
   */
  public AdaptiveMaxPool {
    lengths = AdaptiveWindows.lengths(lengths);
    Require.argument(
        lengths.size() <= 3, "lengths must be of one to three spatial axes, got %s", lengths);
  }

  /** To these lengths. */
  public static AdaptiveMaxPool of(int... lengths) {
    return new AdaptiveMaxPool(Arrays.stream(Require.nonNull(lengths, "lengths")).boxed().toList());
  }

  /**
   * The elements along an axis that a window is the maximum of.
   *
   * @param axis of the spatial ones
   * @param number of the window, below the axis' length of the output
   * @param length of the axis of the input
   */
  public int[] window(int axis, int number, int length) {
    Require.argument(
        axis >= 0 && axis < lengths.size(),
        "axis must be in [0, %d), got %d",
        lengths.size(),
        axis);
    return AdaptiveWindows.window(number, lengths.get(axis), length);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.nonNull(pass, "pass");
    AdaptiveWindows.require(x, lengths);
    List<Integer> sizes =
        IntStream.range(0, lengths.size())
            .mapToObj(axis -> Math.toIntExact(x.size(axis + 2)) / lengths.get(axis))
            .toList();
    boolean even =
        IntStream.range(0, lengths.size())
            .allMatch(axis -> x.size(axis + 2) == (long) sizes.get(axis) * lengths.get(axis));
    if (even) {
      return Convolutions.maxPool(x, touching(sizes));
    }
    // The last axis first, so that of equal values the first in row-major order has the gradient.
    Var y = x;
    for (int axis = lengths.size() - 1; axis >= 0; axis--) {
      y = along(y, axis);
    }
    return y;
  }

  /** Windows of one axis, all made as long as the longest by its last element once more. */
  private Var along(Var x, int axis) {
    int length = Math.toIntExact(x.size(axis + 2));
    int windows = lengths.get(axis);
    if (length == windows) {
      return x;
    }
    int longest = 0;
    for (int i = 0; i < windows; i++) {
      longest = Math.max(longest, window(axis, i, length).length);
    }
    int[] elements = new int[windows * longest];
    for (int i = 0; i < windows; i++) {
      int[] window = window(axis, i, length);
      for (int k = 0; k < longest; k++) {
        elements[i * longest + k] = window[Math.min(k, window.length - 1)];
      }
    }
    Var copies = Taps.pick(length, elements).along(x, axis + 2);
    List<Integer> size = new ArrayList<>(Collections.nCopies(lengths.size(), 1));
    size.set(axis, longest);
    return Convolutions.maxPool(copies, touching(size));
  }

  private static ConvGeometry touching(List<Integer> window) {
    List<Integer> ones = Collections.nCopies(window.size(), 1);
    List<Integer> zeros = Collections.nCopies(window.size(), 0);
    return new ConvGeometry(window, window, zeros, ones, 1);
  }

  @Override
  public String toString() {
    return "AdaptiveMaxPool(" + lengths + ")";
  }
}
