package io.bayes4j.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Histograms of one measure of uncertainty in several sets of examples, over common bins.
 *
 * @param edges bin edges in nats, strictly ascending, one more than there are bins
 * @param threshold where answers end by the rule, NaN if the rule is not about this measure
 * @param sets one histogram per set
 */
record Strips(List<Double> edges, double threshold, List<Strip> sets) {
  static final int BINS = 30;

  Strips {
    edges = List.copyOf(edges);
    sets = List.copyOf(sets);
  }

  /** What the examples of a strip are. */
  enum Kind {
    /** Examples that are answered right when all must be answered. */
    RIGHT,
    /** Examples that are answered wrong when all must be answered. */
    WRONG,
    /** Examples whose class nobody told. */
    UNKNOWN,
    /** Examples of another data set. */
    FOREIGN
  }

  /**
   * The histogram of one set.
   *
   * @param name shown in the chart
   * @param kind what the examples are
   * @param counts their number in each bin
   */
  record Strip(String name, Kind kind, List<Long> counts) {
    Strip {
      counts = List.copyOf(counts);
    }
  }

  String table() {
    List<String> headings = new ArrayList<>(List.of("Entropy in nats"));
    sets.forEach(set -> headings.add(set.name()));
    List<List<String>> rows = new ArrayList<>();
    for (int bin = 0; bin + 1 < edges.size(); bin++) {
      List<String> row = new ArrayList<>();
      row.add(
          Numbers.twoDecimals(edges.get(bin)) + " to " + Numbers.twoDecimals(edges.get(bin + 1)));
      for (Strip set : sets) {
        row.add(Numbers.count(set.counts().get(bin)));
      }
      rows.add(row);
    }
    return Tables.table(headings, rows);
  }
}
