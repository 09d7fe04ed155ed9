package io.bayes4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.Kernels;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Times the workloads that Bayesian-Torch is timed on and prints one JSON line for each, under the
 * same names: run both in one sitting on an idle machine; only the ratio of their medians means
 * anything.
 *
 * <p>A JVM compiles what it runs in the first quarter of a minute, on the same processors: these
 * are not timed.
 *
 * <p>Usage: {@code benchmarks/run peers [PART_OF_NAME]}.
 */
final class Peers {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final double WARM_UP_SECONDS = 15;
  private static final double TIMED_SECONDS = 4;

  private Peers() {}

  public static void main(String[] args) throws IOException {
    String part = args.length == 0 ? "" : args[0];
    for (Workload workload : Workloads.all()) {
      if (workload.name().contains(part)) {
        System.out.println(JSON.writeValueAsString(line(workload)));
      }
    }
  }

  private static Map<String, Object> line(Workload workload) throws IOException {
    try {
      return time(workload);
    } catch (UnsupportedOperationException e) {
      return Map.of("workload", workload.name(), "left out", e.getMessage());
    }
  }

  private static Map<String, Object> time(Workload workload) throws IOException {
    Runnable body = workload.prepare().get();
    times(body, workload.warmUps(), WARM_UP_SECONDS);
    double[] times = times(body, workload.runs(), TIMED_SECONDS);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("workload", workload.name());
    line.put("ms", rounded(times[times.length / 2]));
    line.put("min", rounded(times[0]));
    line.put("max", rounded(times[times.length - 1]));
    line.put("runs", times.length);
    line.put("kernels", Kernels.provider().name());
    line.put("threads", Parallel.threads());
    line.put("peak MiB", peakMemory());
    line.put("load", rounded(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    return line;
  }

  /** Milliseconds of at least so many runs and as many as fit into some seconds, sorted. */
  private static double[] times(Runnable body, int runs, double seconds) {
    DoubleStream.Builder times = DoubleStream.builder();
    long begin = System.nanoTime();
    long end = begin;
    for (int i = 0; i < runs || end - begin < seconds * 1e9; i++) {
      long start = System.nanoTime();
      body.run();
      end = System.nanoTime();
      times.add((end - start) / 1e6);
    }
    return times.build().sorted().toArray();
  }

  /** Most memory that the process has held so far, where the system tells; else -1. */
  private static long peakMemory() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return -1;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(-1);
    }
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  /** The names that can be run. */
  static List<String> names() {
    return Workloads.all().stream().map(Workload::name).toList();
  }
}
