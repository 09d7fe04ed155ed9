package io.bayes4j.layers.train;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Require;
import java.util.List;
import java.util.Map;

/**
 * Stops when a validation figure has not become smaller for some epochs. The model then is that of
 * the epoch with the smallest figure, also where the epochs were done before patience was; a
 * checkpoint stays that of the last epoch, from which a run goes on.
 *
 * @param metric name of the figure in {@link EpochRecord#validation}; smaller is better
 * @param patience epochs without a new best before training stops
 * @param restoresBest whether the model is that of the best epoch in the end, for which a copy of
 *     its state is kept; otherwise it is that of the last
 */
@CheckReturnValue
public record EarlyStopping(String metric, int patience, boolean restoresBest) {
  /**
   * Stops, and restores the best weights.
   *
   * @throws IllegalArgumentException if patience is not above zero
   */
  public EarlyStopping(String metric, int patience) {
    this(metric, patience, true);
  }

  /** The same, but the model stays that of the last epoch. */
  public EarlyStopping keepingLast() {
    return new EarlyStopping(metric, patience, false);
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if patience is not above zero
   */
  public EarlyStopping {
    Require.text(metric, "metric");
    Require.positive(patience, "patience");
  }

  /** Number, from 1, of the epoch with the smallest figure; 0 before the first. */
  public int bestEpoch(List<EpochRecord> history) {
    Require.elements(history, "history");
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (EpochRecord record : history) {
      Map<String, Double> figures = record.validation();
      Require.argument(
          figures.containsKey(metric),
          "metric \"%s\" must be a validation figure, got %s",
          metric,
          figures.keySet());
      double value = Require.entry(figures, metric);
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
