package io.bayes4j.examples.report;

import io.bayes4j.core.internal.Require;
import java.util.List;

/**
 * How the predictive entropy is distributed in several sets of images, over common bins.
 *
 * @param edges bin edges in nats, strictly ascending, one more than there are bins; the first bin
 *     starts at 0 or below, the last ends at or above the highest entropy
 * @param series one histogram per set of images
 */
public record EntropyHistograms(List<Double> edges, List<Series> series) {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there are fewer than two edges, if they do not ascend, or
   *     if a series does not have one count per bin
   */
  public EntropyHistograms {
    edges = List.copyOf(edges);
    series = List.copyOf(series);
    Require.argument(edges.size() >= 2, "edges must hold at least 2 numbers, got %s", edges);
    for (int i = 1; i < edges.size(); i++) {
      Require.argument(
          edges.get(i - 1) < edges.get(i), "edges must be finite and ascend, got %s", edges);
    }
    for (Series one : series) {
      Require.argument(
          one.counts().size() == edges.size() - 1,
          "counts of %s must hold %d numbers, one per bin, got %d",
          one.name(),
          edges.size() - 1,
          one.counts().size());
    }
  }

  /** What the images of a series are. */
  public enum Kind {
    /** Test digits that are read correctly when every digit must be answered. */
    DIGITS_RIGHT,
    /** Test digits that are read wrongly when every digit must be answered. */
    DIGITS_WRONG,
    /** Images that are no digits. */
    FOREIGN
  }

  /**
   * The histogram of one set of images.
   *
   * @param name shown in the chart
   * @param kind what the images are
   * @param counts number of images in each bin
   */
  public record Series(String name, Kind kind, List<Long> counts) {

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if a count is negative
     */
    public Series {
      counts = List.copyOf(counts);
      for (long count : counts) {
        Require.argument(count >= 0, "counts of %s must be >= 0, got %d", name, count);
      }
    }
  }
}
