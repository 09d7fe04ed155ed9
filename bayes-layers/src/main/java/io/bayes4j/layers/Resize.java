package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.conv.Taps;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * [N, C, spatial ...] with other lengths of the spatial axes, by interpolation.
 *
 * @param mode how
 * @param places which place of the input an element of the output corresponds to
 * @param scales for each spatial axis, length of the output over that of the input, rounded down;
 *     empty if lengths are given
 * @param lengths for each spatial axis, length of the output; empty if scales are given
 */
public record Resize(Mode mode, Places places, List<Double> scales, List<Integer> lengths)
    implements Layer {
  /** What an element of the output is made of. */
  public enum Mode {
    /** The nearest element, the place being rounded down: PyTorch's "nearest". */
    NEAREST_FLOOR,
    /** The nearest element, a place halfway being rounded down: ONNX's default. */
    NEAREST_PREFER_FLOOR,
    /** The two elements around the place along each axis, by their distance. */
    LINEAR
  }

  /** How an element i of the output is mapped to a place of the input; L and M are the lengths. */
  public enum Places {
    /** (i + 1/2) / scale - 1/2. */
    HALF_PIXEL,
    /** i / scale. */
    ASYMMETRIC,
    /** i (L - 1) / (M - 1): the outermost elements correspond. */
    ALIGNED_CORNERS
  }

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if not one of scales and lengths is given, or a number in them
   *     is not above zero
   */
  public Resize {
    Require.nonNull(mode, "mode");
    Require.nonNull(places, "places");
    scales = List.copyOf(Require.elements(scales, "scales"));
    lengths = List.copyOf(Require.elements(lengths, "lengths"));
    Require.argument(
        scales.isEmpty() != lengths.isEmpty(),
        "one of scales and lengths must be given, got %s and %s",
        scales,
        lengths);
    Require.argument(
        scales.stream().allMatch(s -> s > 0 && Double.isFinite(s))
            && lengths.stream().allMatch(length -> length > 0),
        "scales and lengths must be finite and above zero, got %s and %s",
        scales,
        lengths);
  }

  /** Every element as often as a factor says along each of some axes, as PyTorch's Upsample. */
  public static Resize nearest(int axes, int factor) {
    return new Resize(Mode.NEAREST_FLOOR, Places.ASYMMETRIC, same(axes, factor), List.of());
  }

  /** Linear interpolation by a factor along each of some axes, as PyTorch's Upsample. */
  public static Resize linear(int axes, int factor) {
    return new Resize(Mode.LINEAR, Places.HALF_PIXEL, same(axes, factor), List.of());
  }

  private static List<Double> same(int axes, int factor) {
    Require.positive(axes, "axes");
    Require.positive(factor, "factor");
    return Collections.nCopies(axes, (double) factor);
  }

  /** Length of a spatial axis of the output. */
  public int length(int axis, long inputLength) {
    int axes = Math.max(scales.size(), lengths.size());
    Require.argument(axis >= 0 && axis < axes, "axis must be in [0, %d), got %d", axes, axis);
    Require.positive(inputLength, "inputLength");
    return lengths.isEmpty()
        ? (int) Math.min(Integer.MAX_VALUE, Math.floor(inputLength * scales.get(axis)))
        : lengths.get(axis);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    int axes = Math.max(scales.size(), lengths.size());
    Require.argument(
        x.rank() == axes + 2,
        "x must be [N, C, %d spatial axes], got shape %s",
        axes,
        Require.text(x.shape()));
    Var y = x;
    for (int axis = 0; axis < axes; axis++) {
      int before = Math.toIntExact(x.size(axis + 2));
      int after = length(axis, before);
      Require.argument(
          after > 0, "x must be longer along axis %d, got length %d", axis + 2, before);
      double scale = scales.isEmpty() ? (double) after / before : scales.get(axis);
      if (after != before || scale != 1) {
        y = taps(before, after, scale).along(y, axis + 2);
      }
    }
    return y;
  }

  private Taps taps(int before, int after, double scale) {
    List<int[]> sources = new ArrayList<>();
    List<float[]> weights = new ArrayList<>();
    for (int i = 0; i < after; i++) {
      double place = place(i, before, after, scale);
      if (mode == Mode.LINEAR) {
        double inside = Math.max(0, Math.min(place, before - 1.0));
        int low = (int) inside;
        int high = Math.min(low + 1, before - 1);
        float far = (float) (inside - low);
        sources.add(new int[] {low, high});
        weights.add(new float[] {1 - far, far});
      } else {
        double at = mode == Mode.NEAREST_FLOOR ? Math.floor(place) : Math.ceil(place - 0.5);
        sources.add(new int[] {(int) Math.max(0, Math.min(at, before - 1.0))});
        weights.add(new float[] {1});
      }
    }
    return Taps.of(before, sources, weights);
  }

  /** In floats where other libraries use them: a place halfway between two is often met. */
  private double place(int i, int before, int after, double scale) {
    return switch (places) {
      case HALF_PIXEL -> (i + 0.5f) / (float) scale - 0.5f;
      case ASYMMETRIC -> i / (float) scale;
      case ALIGNED_CORNERS -> after == 1 ? 0 : i * (before - 1.0) / (after - 1.0);
    };
  }

  @Override
  public String toString() {
    String size = lengths.isEmpty() ? "scales " + scales : "to " + lengths;
    return "Resize(" + mode + ", " + places + ", " + size + ")";
  }
}
