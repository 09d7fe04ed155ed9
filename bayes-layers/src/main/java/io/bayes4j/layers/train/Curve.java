package io.bayes4j.layers.train;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.optim.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A schedule as far as it can be told from another: its numbers at the start of each epoch, and a
 * hash of some within the epoch.
 */
record Curve(List<Double> starts, List<Integer> hashes) {
  /** Longer runs are compared over their first epochs. */
  private static final int MOST_EPOCHS = 4096;

  private static final int MOST_TIMES = 16;

  /** Copies the lists. */
  Curve {
    starts = List.copyOf(starts);
    hashes = List.copyOf(hashes);
  }

  /**
   * Asks a schedule for its numbers.
   *
   * @throws IllegalArgumentException naming the time at which it is negative or not finite
   */
  static Curve of(String name, Schedule schedule, int epochs, int steps) {
    List<Double> starts = new ArrayList<>();
    List<Integer> hashes = new ArrayList<>();
    int times = Math.min(steps, MOST_TIMES);
    for (int epoch = 0; epoch < Math.min(epochs, MOST_EPOCHS); epoch++) {
      int hash = 1;
      for (int i = 0; i < times; i++) {
        long step = (long) steps * i / times;
        double time = epoch + (double) step / steps;
        double value = at(name, schedule, time);
        hash = 31 * hash + Double.hashCode(value);
        if (i == 0) {
          starts.add(value);
        }
      }
      hashes.add(hash);
    }
    return new Curve(starts, hashes);
  }

  /**
   * A schedule's number at a time.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  static double at(String name, Schedule schedule, double time) {
    double value = schedule.at(time);
    Require.argument(
        value >= 0 && Double.isFinite(value),
        "%s must be finite and >= 0 at all times, got %s at epoch %s",
        name,
        value,
        time);
    return value;
  }

  /** Whether every epoch begins with zero. */
  boolean isZero() {
    return starts.stream().allMatch(start -> start == 0);
  }

  /** Where another schedule departs from this one, over the epochs that both know. */
  Optional<String> difference(String name, Curve now) {
    for (int epoch = 0; epoch < Math.min(starts.size(), now.starts.size()); epoch++) {
      double then = starts.get(epoch);
      if (then != now.starts.get(epoch)) {
        return Optional.of(
            String.format(
                Locale.US,
                "%s %s (now %s) at the start of epoch %d",
                name,
                then,
                now.starts.get(epoch),
                epoch + 1));
      }
      if (!hashes.get(epoch).equals(now.hashes.get(epoch))) {
        return Optional.of(
            String.format(
                Locale.US,
                "%s that begins epoch %d at %s (now too, but differs later in it)",
                name,
                epoch + 1,
                then));
      }
    }
    return Optional.empty();
  }
}
