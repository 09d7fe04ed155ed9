package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.conv.Taps;
import java.util.stream.IntStream;

/**
 * Elements along an axis, from one to before another, with NumPy's rules: negative numbers count
 * from the end, and numbers beyond an end stand for the end.
 *
 * @param axis from 0, or from the end: -1 is the last
 * @param from the first
 * @param to where to stop
 * @param step distance between those taken; negative to go backwards, never zero
 */
public record Slice(int axis, long from, long to, long step) implements Layer {
  /**
   * Checks the step.
   *
   * @throws IllegalArgumentException if it is zero, or beyond the numbers of elements
   */
  public Slice {
    Require.argument(
        step != 0 && Math.abs(step) <= Integer.MAX_VALUE && step != Long.MIN_VALUE,
        "step must be an int other than 0, got %d",
        step);
  }

  /** All elements from one to before another. */
  public static Slice of(int axis, long from, long to) {
    return new Slice(axis, from, to, 1);
  }

  /** How many elements of an axis are taken, perhaps none. */
  public long count(long length) {
    Require.notNegative(length, "length");
    long begin = end(from, length);
    long end = end(to, length);
    return Math.max(
        0, step > 0 ? (end - begin + step - 1) / step : (begin - end - step - 1) / -step);
  }

  /** Which elements of an axis are taken. */
  public int[] indices(long length) {
    long begin = end(from, length);
    return IntStream.range(0, Math.toIntExact(count(length)))
        .map(i -> (int) (begin + i * step))
        .toArray();
  }

  /** Where a number of an end lies. */
  private long end(long number, long length) {
    long least = step > 0 ? 0 : -1;
    long most = step > 0 ? length : length - 1;
    return Math.max(least, Math.min(number < 0 ? number + length : number, most));
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    int at = Axes.of(axis, x);
    long length = x.size(at);
    long count = count(length);
    Require.argument(count > 0, "x must have an element for %s, got length %d", this, length);
    if (count == length && step == 1) {
      return x;
    }
    long begin = end(from, length);
    return step == 1
        ? Ops.slice(x, at, begin, begin + count)
        : Taps.pick(Math.toIntExact(length), indices(length)).along(x, at);
  }

  @Override
  public String toString() {
    String by = step == 1 ? "" : " by " + step;
    String end = to == Long.MAX_VALUE ? "the end" : Long.toString(to);
    return "Slice(axis " + axis + ", " + from + " to " + end + by + ")";
  }
}
