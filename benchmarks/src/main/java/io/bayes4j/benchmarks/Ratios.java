package io.bayes4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.internal.Require;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Prints a table of two runs' medians and their ratios, one row for each workload that is in both.
 *
 * <p>Usage: {@code benchmarks/run ratios OURS THEIRS}, files of JSON lines with "workload" and
 * "ms".
 */
final class Ratios {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Ratios() {}

  public static void main(String[] args) throws IOException {
    Require.argument(args.length == 2, "arguments must be OURS THEIRS, got %d", args.length);
    Map<String, Double> ours = medians(Path.of(args[0]));
    Map<String, Double> theirs = medians(Path.of(args[1]));
    System.out.println("| workload | Bayes4J, ms | peer, ms | ratio |");
    System.out.println("|---|---|---|---|");
    ours.forEach(
        (workload, own) -> {
          Double other = theirs.get(workload);
          if (other != null) {
            System.out.println(row(workload, own, other));
          }
        });
  }

  static String row(String workload, double own, double other) {
    return String.format(
        Locale.ROOT, "| %s | %.2f | %.2f | %.2f |", workload, own, other, own / other);
  }

  /** Medians by workload, in the order of the file; lines without one are left out. */
  static Map<String, Double> medians(Path file) throws IOException {
    Map<String, Double> all = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("{")) {
        JsonNode node = JSON.readTree(line);
        if (node.hasNonNull("workload") && node.hasNonNull("ms")) {
          all.put(node.get("workload").asText(), node.get("ms").asDouble());
        }
      }
    }
    return all;
  }
}
