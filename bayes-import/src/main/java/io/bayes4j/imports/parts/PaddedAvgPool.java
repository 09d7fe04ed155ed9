package io.bayes4j.imports.parts;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.conv.Convolutions;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pad;
import io.bayes4j.layers.Pass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Means of windows that reach over the input, of its own elements alone.
 *
 * @param windows whose elements are averaged
 * @param before how far the first window reaches over the begin of each spatial axis
 * @param after how far windows may reach over the end
 */
public record PaddedAvgPool(SlidingWindows windows, List<Integer> before, List<Integer> after)
    implements Layer {
  /** Checks and copies the parts. */
  public PaddedAvgPool {
    Require.nonNull(windows, "windows");
    before = List.copyOf(padding(before, "before", windows));
    after = List.copyOf(padding(after, "after", windows));
  }

  /** A window has an element of the input if it reaches over its begin or end by less than all. */
  private static List<Integer> padding(List<Integer> sides, String name, SlidingWindows windows) {
    Require.elements(sides, name);
    boolean fits =
        sides.size() == windows.rank()
            && IntStream.range(0, sides.size())
                .allMatch(i -> sides.get(i) >= 0 && sides.get(i) < windows.size().get(i));
    Require.argument(
        fits,
        "%s must be numbers in [0, n) for windows of n %s, got %s",
        name,
        windows.size(),
        sides);
    return sides;
  }

  /** Windows with Keras' "same" padding of an input of these lengths. */
  public static PaddedAvgPool same(SlidingWindows windows, List<Integer> lengths) {
    Require.nonNull(windows, "windows");
    Require.elements(lengths, "lengths");
    Require.argument(
        lengths.size() == windows.rank() && lengths.stream().allMatch(n -> n > 0 && n < 1 << 30),
        "lengths must be %d numbers in [1, 2^30), got %s",
        windows.rank(),
        lengths);
    List<Integer> totals =
        IntStream.range(0, windows.rank())
            .mapToObj(axis -> windows.padding(axis, lengths.get(axis)))
            .toList();
    return new PaddedAvgPool(
        windows,
        totals.stream().map(total -> total / 2).toList(),
        totals.stream().map(total -> total - total / 2).toList());
  }

  @Override
  public Var forward(Var x, Pass pass) {
    windows.requireInput(x, pass);
    List<Integer> begins = new ArrayList<>(List.of(0, 0));
    begins.addAll(before);
    List<Integer> ends = new ArrayList<>(List.of(0, 0));
    ends.addAll(after);
    Var padded = new Pad(begins, ends, PaddingMode.ZEROS, 0).forward(x, pass);
    List<Integer> zeros = Collections.nCopies(windows.rank(), 0);
    List<Integer> ones = Collections.nCopies(windows.rank(), 1);
    Var means =
        Convolutions.avgPool(
            padded, new ConvGeometry(windows.size(), windows.stride(), zeros, ones, 1));
    for (int axis = 0; axis < windows.rank(); axis++) {
      int length = Math.toIntExact(x.size(axis + 2));
      float[] factors = factors(axis, length, Math.toIntExact(means.size(axis + 2)));
      long[] shape = new long[windows.rank() + 2];
      Arrays.fill(shape, 1);
      shape[axis + 2] = factors.length;
      means = Ops.mul(means, Var.constant(Detached.of(factors, shape)));
    }
    return means;
  }

  /** For each window along an axis, its size over the number of elements that are not padding. */
  private float[] factors(int axis, int length, int count) {
    int size = windows.size().get(axis);
    float[] factors = new float[count];
    for (int i = 0; i < count; i++) {
      int from = i * windows.stride().get(axis) - before.get(axis);
      int inside = Math.min(from + size, length) - Math.max(from, 0);
      factors[i] = (float) size / inside;
    }
    return factors;
  }

  @Override
  public String toString() {
    return "PaddedAvgPool("
        + windows.size()
        + ", stride "
        + windows.stride()
        + ", padding "
        + before
        + " and "
        + after
        + ")";
  }
}
