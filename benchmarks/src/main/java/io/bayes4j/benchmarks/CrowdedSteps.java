package io.bayes4j.benchmarks;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Time of a workload beside other programs, in turn with its time alone: the others are shells in
 * endless loops, which coreutils' timeout stops should this program be killed.
 *
 * <p>Usage: {@code benchmarks/run crowded WORKLOAD [LOOPS [SECONDS [ROUNDS]]]}, with the name of a
 * workload of the peers, such as mlp-reparam.train; as many loops as there are processors unless
 * said otherwise.
 */
final class CrowdedSteps {
  private static final double WARM_UP_SECONDS = 15;

  private CrowdedSteps() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Require.argument(args.length > 0, "a workload must be named, one of %s", Peers.names());
    Workload workload =
        Workloads.all().stream()
            .filter(known -> known.name().equals(args[0]))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the workload must be one of " + Peers.names() + ", got " + args[0]));
    int processors = Runtime.getRuntime().availableProcessors();
    int loops = args.length > 1 ? Integer.parseInt(args[1]) : processors;
    double seconds = args.length > 2 ? Double.parseDouble(args[2]) : 5;
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 4;
    System.out.printf(
        Locale.ROOT,
        "%s, %d processors, %d threads, %d busy loops%n",
        workload.name(),
        processors,
        Parallel.threads(),
        loops);
    Runnable body = workload.prepare().get();
    median(body, WARM_UP_SECONDS);
    for (int round = 0; round < rounds; round++) {
      double idle = median(body, seconds);
      double busy = beside(loops, seconds, () -> median(body, seconds));
      System.out.printf(
          Locale.ROOT, "idle %.2f ms, busy %.2f ms, ratio %.2f%n", idle, busy, busy / idle);
    }
  }

  /** Median of the milliseconds of the runs of so many seconds. */
  private static double median(Runnable body, double seconds) {
    DoubleStream.Builder times = DoubleStream.builder();
    long begin = System.nanoTime();
    long end = begin;
    while (end - begin < seconds * 1e9) {
      long start = System.nanoTime();
      body.run();
      end = System.nanoTime();
      times.add((end - start) / 1e6);
    }
    double[] sorted = times.build().sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** Something that is timed. */
  @FunctionalInterface
  private interface Timed {
    double run();
  }

  private static double beside(int loops, double seconds, Timed work)
      throws IOException, InterruptedException {
    List<Process> others = new ArrayList<>();
    String longEnough = String.valueOf(Math.round(2 * seconds) + 60);
    try {
      for (int i = 0; i < loops; i++) {
        others.add(
            new ProcessBuilder("timeout", longEnough, "sh", "-c", "while :; do :; done").start());
      }
      return work.run();
    } finally {
      for (Process other : others) {
        // Not forcibly: what is killed could not stop its loop.
        other.destroy();
        other.waitFor();
      }
    }
  }
}
