package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.core.ops.conv.Taps;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Elements added before and after each axis, or taken away where the number is negative.
 *
 * @param before for each axis, how many at its begin
 * @param after for each axis, how many at its end
 * @param mode what is added
 * @param value what is added in place of zeros
 */
public record Pad(List<Integer> before, List<Integer> after, PaddingMode mode, double value)
    implements Layer {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are not as many of both, or the value is not finite
   *     or none of the mode's
   */
  public Pad {
    before = List.copyOf(Require.elements(before, "before"));
    after = List.copyOf(Require.elements(after, "after"));
    Require.nonNull(mode, "mode");
    Require.argument(
        before.size() == after.size(),
        "after must be as many numbers as before, got %s and %s",
        after,
        before);
    Require.argument(
        Float.isFinite((float) value) && (value == 0 || mode == PaddingMode.ZEROS),
        "value must be finite, and 0 unless the mode is ZEROS, got %s with %s",
        value,
        mode);
  }

  /** Zeros around the last axes, as many on both sides of each. */
  public static Pad zeros(int rank, int... sides) {
    Require.positive(rank, "rank");
    Require.nonNull(sides, "sides");
    Require.argument(
        sides.length <= rank, "sides must be at most %d numbers, got %d", rank, sides.length);
    List<Integer> all =
        IntStream.range(0, rank)
            .map(axis -> axis < rank - sides.length ? 0 : sides[axis - rank + sides.length])
            .boxed()
            .toList();
    return new Pad(all, all, PaddingMode.ZEROS, 0);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(
        x.rank() == before.size(),
        "x must have %d axes, got shape %s",
        before.size(),
        Require.text(x.shape()));
    Var y = padded(x);
    if (value == 0) {
      return y;
    }
    // Exactly the value where something was added, exactly x elsewhere.
    Var inside = padded(Var.constant(Detached.full(1, x.shape())));
    return Ops.add(y, Ops.shift(Ops.scale(inside, -value), value));
  }

  private Var padded(Var x) {
    Var y = x;
    for (int axis = 0; axis < before.size(); axis++) {
      if (before.get(axis) != 0 || after.get(axis) != 0) {
        int length = Math.toIntExact(x.size(axis));
        int[] sources = sources(length, before.get(axis), after.get(axis));
        y = Taps.pick(length, sources).along(y, axis);
      }
    }
    return y;
  }

  /** For each element of the padded axis, the element it is a copy of; -1 for none. */
  private int[] sources(int length, int first, int last) {
    long count = (long) first + length + last;
    Require.argument(
        count > 0, "x must keep an element of %d, got padding %d and %d", length, first, last);
    Require.argument(
        mode != PaddingMode.REFLECT || Math.max(first, last) < length,
        "reflected padding must be below the length %d, got %d and %d",
        length,
        first,
        last);
    return IntStream.range(-first, Math.toIntExact(count - first))
        .map(at -> at >= 0 && at < length ? at : source(at, length))
        .toArray();
  }

  private int source(int at, int length) {
    return switch (mode) {
      case ZEROS -> -1;
      case REFLECT -> at < 0 ? -at : 2 * (length - 1) - at;
      case REPLICATE -> at < 0 ? 0 : length - 1;
      case CIRCULAR -> Math.floorMod(at, length);
    };
  }

  @Override
  public String toString() {
    String with = value == 0 ? "" : ", value " + value;
    return "Pad(" + before + ", " + after + ", " + mode + with + ")";
  }
}
