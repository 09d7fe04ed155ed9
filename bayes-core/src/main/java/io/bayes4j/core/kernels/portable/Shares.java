package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.Parallel;

/**
 * How exact sums, whose bits do not depend on it, are shared among threads: so many examples at a
 * time, and, where these are fewer pieces than threads, the units in so many parts.
 *
 * @param grain examples at a time
 * @param parts of the units
 */
record Shares(int grain, int parts) {
  /** Fewer units do not pay for reading the input once more. */
  private static final int LEAST_UNITS = 4;

  /** The shares of the threads that work here may use. */
  static Shares of(long examples, int least, int most, int units) {
    return of(examples, least, most, units, Parallel.threadsHere());
  }

  /**
   * Equal shares.
   *
   * @param least examples that make loops long enough, if there are as many
   * @param most examples that caches hold
   * @param threads to give work to
   */
  static Shares of(long examples, int least, int most, int units, int threads) {
    if (threads == 1) {
      return new Shares(most, 1);
    }
    long rounds = over(over(examples, most), threads);
    long fair = over(examples, rounds * threads);
    int grain = (int) Math.min(most, Math.max(least, fair));
    long idle = threads / over(examples, grain);
    return new Shares(grain, (int) Math.max(1, Math.min(idle, units / LEAST_UNITS)));
  }

  private static long over(long n, long divisor) {
    return (n + divisor - 1) / divisor;
  }

  /** Sums of some examples and some units. */
  interface Task {
    /** Adds up examples fromExample ... toExample - 1 and units fromUnit ... toUnit - 1. */
    void run(long fromExample, long toExample, int fromUnit, int toUnit);
  }

  /** Runs a task on all examples and units. */
  void run(long examples, int units, Task task) {
    int width = (int) over(units, parts);
    Parallel.forRange(
        over(examples, grain) * parts,
        1,
        (from, to) -> {
          for (long i = from; i < to; i++) {
            long first = i / parts * grain;
            int unit = (int) (i % parts) * width;
            long end = Math.min(examples, first + grain);
            if (unit < units) {
              task.run(first, end, unit, Math.min(units, unit + width));
            }
          }
        });
  }
}
