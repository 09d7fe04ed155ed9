package io.bayes4j.examples.programs;

import io.bayes4j.core.uncertainty.CredibleInterval;
import io.bayes4j.examples.Numbers;
import io.bayes4j.layers.predict.RegressionPrediction;
import java.util.Locale;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How many of the true numbers lie in their ranges of 90 %, part by part. */
final class Coverage {
  static final double LEVEL = 0.9;

  private final double[] places;
  private final boolean[] within;

  /**
   * Compares ranges with the truth.
   *
   * @param places where each number belongs, such as its time
   * @param targets [N, 1]
   */
  Coverage(double[] places, RegressionPrediction prediction, INDArray targets) {
    this.places = places;
    within = new boolean[places.length];
    CredibleInterval range = prediction.interval(LEVEL);
    double[] lower = Numbers.doubles(range.lower());
    double[] upper = Numbers.doubles(range.upper());
    double[] truth = Numbers.doubles(targets);
    for (int i = 0; i < within.length; i++) {
      within[i] = lower[i] <= truth[i] && truth[i] <= upper[i];
    }
  }

  /** The share of the places of a part whose number lies in its range, such as "91.5 %". */
  String share(DoublePredicate part) {
    double share =
        IntStream.range(0, places.length)
            .filter(i -> part.test(places[i]))
            .mapToDouble(i -> within[i] ? 1 : 0)
            .average()
            .orElseThrow();
    return String.format(Locale.US, "%.1f %%", 100 * share);
  }
}
