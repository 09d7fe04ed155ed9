package io.bayes4j.layers.train;

import io.bayes4j.core.internal.Require;
import java.util.List;

/**
 * Stops when a validation figure has not become smaller for some epochs.
 *
 * @param metric name of the figure in {@link EpochRecord#validation}; smaller is better
 * @param patience epochs without a new best before training stops
 */
public record EarlyStopping(String metric, int patience) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if patience is not above zero
   */
  public EarlyStopping {
    Require.positive(patience, "patience");
  }

  /** Number, from 1, of the epoch with the smallest figure; 0 before the first. */
  public int bestEpoch(List<EpochRecord> history) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (EpochRecord record : history) {
      Double value = record.validation().get(metric);
      Require.argument(
          value != null,
          "metric \"%s\" must be a validation figure, got %s",
          metric,
          record.validation().keySet());
      if (value < least) {
        least = value;
        best = record.epoch();
      }
    }
    return best;
  }

  boolean stops(List<EpochRecord> history) {
    return !history.isEmpty() && history.size() - bestEpoch(history) >= patience;
  }
}
