package io.bayes4j.spark;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.uncertainty.ConformalClassifier;
import io.bayes4j.core.uncertainty.ConformalScore;
import java.io.Serial;
import java.io.Serializable;
import java.util.List;

/**
 * Limits of a conformal classifier, as parameters hold them.
 *
 * @param kind one of {@link #KINDS}
 * @param penalty of RAPS
 * @param freeRanks of RAPS
 * @param seed of APS and RAPS
 * @param thresholds the limits; none where there is no such column
 */
record Conformal(String kind, double penalty, int freeRanks, long seed, List<Double> thresholds)
    implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  static final List<String> KINDS = List.of("lac", "aps", "raps");

  boolean isThere() {
    return !thresholds.isEmpty();
  }

  ConformalClassifier classifier(int classes) {
    return ConformalClassifier.ofThresholds(
        score(), classes, thresholds.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private ConformalScore score() {
    Require.argument(KINDS.contains(kind), "conformalScore must be one of %s, got %s", KINDS, kind);
    return switch (kind) {
      case "lac" -> ConformalScore.lac();
      case "aps" -> ConformalScore.aps(seed);
      default -> ConformalScore.raps(penalty, freeRanks, seed);
    };
  }
}
