package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.List;

/**
 * Windows that share out an axis, by PyTorch's rule: window i of n along an axis of length L goes
 * from floor(i L / n) to before ceil((i + 1) L / n).
 */
final class AdaptiveWindows {
  private AdaptiveWindows() {}

  /**
   * The elements of a window.
   *
   * @param number of the window, below windows
   * @param windows that share out the axis
   * @param length of the axis
   */
  static int[] window(int number, int windows, int length) {
    Require.positive(windows, "windows");
    Require.positive(length, "length");
    Require.argument(
        number >= 0 && number < windows, "number must be in [0, %d), got %d", windows, number);
    int from = (int) ((long) number * length / windows);
    int to = (int) (((number + 1L) * length + windows - 1) / windows);
    int[] window = new int[to - from];
    Arrays.setAll(window, k -> from + k);
    return window;
  }

  static List<Integer> lengths(List<Integer> given) {
    List<Integer> lengths = List.copyOf(Require.elements(given, "lengths"));
    Require.argument(
        !lengths.isEmpty() && lengths.stream().allMatch(length -> length > 0),
        "lengths must be one or more numbers above zero, got %s",
        lengths);
    return lengths;
  }

  static void require(Var x, List<Integer> lengths) {
    Require.open(x, "x");
    Require.argument(
        x.rank() == lengths.size() + 2,
        "x must be [N, C, %d spatial axes], got shape %s",
        lengths.size(),
        Require.text(x.shape()));
  }
}
