package io.bayes4j.imports.parts;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.conv.Convolutions;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Means of windows with Keras' "same" padding, over the elements of the input alone.
 *
 * @param windows whose elements are averaged
 */
public record SameAvgPool(SlidingWindows windows) implements Layer {
  /** Checks the windows. */
  public SameAvgPool {
    Require.nonNull(windows, "windows");
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Var padded = new SamePad(windows, PaddingMode.ZEROS).forward(x, pass);
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
    int before = windows.padding(axis, length) / 2;
    float[] factors = new float[count];
    for (int i = 0; i < count; i++) {
      int from = i * windows.stride().get(axis) - before;
      int inside = Math.min(from + size, length) - Math.max(from, 0);
      factors[i] = (float) size / inside;
    }
    return factors;
  }

  @Override
  public String toString() {
    return "SameAvgPool(" + windows.size() + ", stride " + windows.stride() + ")";
  }
}
