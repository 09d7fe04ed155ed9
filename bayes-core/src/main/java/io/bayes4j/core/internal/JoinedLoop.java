package io.bayes4j.core.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * One loop over several ranges, each of which would be too short by itself to keep all threads
 * busy.
 */
public final class JoinedLoop {
  private final List<Chunk> chunks = new ArrayList<>();

  private record Chunk(Parallel.RangeTask task, long from, long to) {}

  /**
   * Adds a range, cut at the multiples of a grain.
   *
   * @throws IllegalArgumentException if n is negative or the grain not positive
   */
  public void add(long n, int grain, Parallel.RangeTask task) {
    Parallel.requireRange(n, grain);
    for (long from = 0; from < n; from += grain) {
      chunks.add(new Chunk(task, from, Math.min(n, from + grain)));
    }
  }

  /** Runs all tasks on all chunks and returns when they are done; see {@link Parallel#forRange}. */
  public void run() {
    Parallel.forRange(
        chunks.size(),
        1,
        (first, end) -> {
          for (long i = first; i < end; i++) {
            Chunk chunk = chunks.get((int) i);
            chunk.task.run(chunk.from, chunk.to);
          }
        });
  }
}
