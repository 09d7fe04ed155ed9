package io.bayes4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.kernels.Kernels;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells where the time of a workload goes: a JSON line with the milliseconds of a run that each
 * kernel takes, and what is left for sampling, KL, optimizer and graph.
 *
 * <p>Usage: {@code benchmarks/run profile PART_OF_NAME [RUNS]}.
 */
final class Profile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RUNS = 20;

  private Profile() {}

  public static void main(String[] args) throws IOException {
    String part = args.length == 0 ? "resnet20-reparam" : args[0];
    int runs = args.length < 2 ? RUNS : Integer.parseInt(args[1]);
    for (Workload workload : Workloads.all()) {
      if (workload.name().contains(part)) {
        System.out.println(JSON.writeValueAsString(profile(workload, runs)));
      }
    }
  }

  private static Map<String, Object> profile(Workload workload, int runs) {
    TimedKernels kernels = new TimedKernels(Kernels.provider());
    return Kernels.with(
        kernels.provider(),
        () -> {
          Runnable body = workload.prepare().get();
          for (int i = 0; i < workload.warmUps(); i++) {
            body.run();
          }
          kernels.clear();
          long start = System.nanoTime();
          for (int i = 0; i < runs; i++) {
            body.run();
          }
          double total = (System.nanoTime() - start) / 1e6 / runs;
          Map<String, Object> line = new LinkedHashMap<>();
          line.put("workload", workload.name());
          line.put("ms", rounded(total));
          double inKernels = 0;
          for (Map.Entry<String, Double> entry : kernels.milliseconds().entrySet()) {
            inKernels += entry.getValue() / runs;
            line.put(entry.getKey(), rounded(entry.getValue() / runs));
          }
          line.put("rest", rounded(total - inKernels));
          return line;
        });
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
