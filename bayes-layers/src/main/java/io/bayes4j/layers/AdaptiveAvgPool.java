package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.conv.Taps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Means of windows that share out [N, C, spatial ...] so that the output has given lengths, by
 * PyTorch's rule: window i of n along an axis of length L goes from floor(i L / n) to before
 * ceil((i + 1) L / n).
 *
 * @param lengths of the output's spatial axes
 */
public record AdaptiveAvgPool(List<Integer> lengths) implements Layer {
  /**
   * Checks the lengths.
   *
   * @throws IllegalArgumentException if there is none, or one is not above zero
   */
  public AdaptiveAvgPool {
    lengths = AdaptiveWindows.lengths(lengths);
  }

  /** To these lengths. */
  public static AdaptiveAvgPool of(int... lengths) {
    return new AdaptiveAvgPool(Arrays.stream(Require.nonNull(lengths, "lengths")).boxed().toList());
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.nonNull(pass, "pass");
    AdaptiveWindows.require(x, lengths);
    Var y = x;
    for (int axis = 0; axis < lengths.size(); axis++) {
      int length = Math.toIntExact(x.size(axis + 2));
      if (length != lengths.get(axis)) {
        y = means(length, lengths.get(axis)).along(y, axis + 2);
      }
    }
    return y;
  }

  private static Taps means(int length, int windows) {
    List<int[]> sources = new ArrayList<>();
    List<float[]> weights = new ArrayList<>();
    for (int i = 0; i < windows; i++) {
      int[] window = AdaptiveWindows.window(i, windows, length);
      float[] shares = new float[window.length];
      Arrays.fill(shares, 1f / window.length);
      sources.add(window);
      weights.add(shares);
    }
    return Taps.of(length, sources, weights);
  }

  @Override
  public String toString() {
    return "AdaptiveAvgPool(" + lengths + ")";
  }
}
