package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How many steps each sequence of a scan has. In the steps after its end a sequence keeps its state
 * and gives out zeros, whichever way it is read.
 */
final class StepLimits {
  /** Every sequence has all steps. */
  static final StepLimits NONE = new StepLimits(null);

  private final int @Nullable [] lengths;

  private StepLimits(int @Nullable [] lengths) {
    this.lengths = lengths;
  }

  /**
   * Limits of sequences.
   *
   * @param lengths one for each example; null for all steps
   * @throws IllegalArgumentException if there is not one for each, or one is not in [1, steps]
   */
  static StepLimits of(int @Nullable [] lengths, long examples, long steps) {
    if (lengths == null) {
      return NONE;
    }
    Require.argument(
        lengths.length == examples,
        "lengths must be %d, one for each example, got %d",
        examples,
        lengths.length);
    for (int n = 0; n < lengths.length; n++) {
      Require.argument(
          lengths[n] >= 1 && lengths[n] <= steps,
          "lengths[%d] must be in [1, %d], got %d",
          n,
          steps,
          lengths[n]);
    }
    boolean whole = Arrays.stream(lengths).allMatch(length -> length == steps);
    return whole ? NONE : new StepLimits(lengths.clone());
  }

  /** Whether a step is after the end of one of a range of examples. */
  boolean anyEnded(int first, int rows, int time) {
    for (int row = 0; lengths != null && row < rows; row++) {
      if (time >= lengths[first + row]) {
        return true;
      }
    }
    return false;
  }

  /** Copies the rows of the examples that have ended. */
  void copyEnded(int first, int time, float[] from, float[] to, int width) {
    int[] ends = Objects.requireNonNull(lengths);
    for (int at = 0; at < to.length; at += width) {
      if (time >= ends[first + at / width]) {
        System.arraycopy(from, at, to, at, width);
      }
    }
  }

  /** Writes zeros into the rows of the examples that have ended. */
  void clearEnded(int first, int time, float[] rows, int width) {
    int[] ends = Objects.requireNonNull(lengths);
    for (int at = 0; at < rows.length; at += width) {
      if (time >= ends[first + at / width]) {
        Arrays.fill(rows, at, at + width, 0);
      }
    }
  }
}
