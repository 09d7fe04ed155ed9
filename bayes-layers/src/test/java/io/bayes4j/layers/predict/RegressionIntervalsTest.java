package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.uncertainty.IntervalScores;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Intervals of regressions on labelled data, and regressions with places. */
class RegressionIntervalsTest {
  private static final int N = 4000;

  /** One Gaussian N(2, 3^2) for all. */
  private static final RegressionPrediction SAME =
      new RegressionPrediction(
          Nd4j.zeros(1, N, 1).addi(2).castTo(Samples.normals(1, 1).dataType()),
          Nd4j.zeros(1, N, 1).addi(9).castTo(Samples.normals(1, 1).dataType()));

  private static final INDArray X = Samples.normals(1, 3, 1);
  private static final INDArray TARGETS = Samples.normals(4, N, 1).muli(3).addi(2);

  /** The bound is four standard deviations of a share. */
  @Test
  void anHonestModelCoversItsLevel() {
    for (double level : new double[] {0.5, 0.8, 0.95}) {
      double spread = 4 * Math.sqrt(level * (1 - level) / N);
      assertThat(SAME.coverage(TARGETS, level)).isCloseTo(level, within(spread));
    }
    assertThat(SAME.width(0.95)).isCloseTo(2 * 1.959964 * 3, within(1e-4));
    assertThat(SAME.sharpness()).isCloseTo(3, within(1e-5));
    assertThat(SAME.rootMeanSquaredError(TARGETS)).isCloseTo(3, within(0.15));
  }

  @Test
  void theIntervalScorePunishesWhatLiesOutside() {
    RegressionPrediction two =
        new RegressionPrediction(
            Samples.array(new long[] {1, 2, 1}, 0, 0), Samples.array(new long[] {1, 2, 1}, 1, 1));
    INDArray targets = Samples.array(new long[] {2, 1}, 0.5, -3);
    IntervalScores scores = two.intervalScores(targets, 0.9);
    double half = 1.644854;
    assertThat(scores.coverage()).isEqualTo(0.5);
    assertThat(scores.width()).isCloseTo(2 * half, within(1e-4));
    assertThat(scores.score()).isCloseTo(2 * half + 20 * (3 - half) / 2, within(1e-3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> two.intervalScores(targets, 1))
        .withMessageContaining("level must be in (0, 1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> two.coverage(Samples.normals(1, 3, 1), 0.5))
        .withMessageContaining("targets");
  }

  @Test
  void placesAreOutputsInAnotherShape() {
    INDArray outputs = Samples.normals(6, 5, 3, 4, 2, 2);
    RegressionPrediction map = ((Predictor) x -> outputs.dup('c')).regress(X);
    assertThat(map.means().shape()).containsExactly(5, 3, 2, 2, 2);
    INDArray rows = outputs.reshape('c', 5, 3, 16);
    RegressionPrediction flat = ((Predictor) x -> rows.dup('c')).regress(X);
    INDArray targets = Samples.normals(7, 3, 2, 2, 2);
    INDArray flatTargets = targets.reshape('c', 3, 8);
    assertThat(map.totalVariance().shape()).containsExactly(3, 2, 2, 2);
    assertThat(Doubles.of(map.totalVariance())).isEqualTo(Doubles.of(flat.totalVariance()));
    assertThat(Doubles.of(map.mean())).isEqualTo(Doubles.of(flat.mean()));
    assertThat(map.interval(0.7).upper().shape()).containsExactly(3, 2, 2, 2);
    assertThat(map.negativeLogLikelihood(targets))
        .isEqualTo(flat.negativeLogLikelihood(flatTargets));
    assertThat(map.coverage(targets, 0.6)).isEqualTo(flat.coverage(flatTargets, 0.6));
    assertThat(map.rootMeanSquaredError(targets))
        .isCloseTo(flat.rootMeanSquaredError(flatTargets), within(1e-6));
    RegressionPrediction known = ((Predictor) x -> outputs.dup('c')).regress(X, 0.5);
    assertThat(known.aleatoricVariance().shape()).containsExactly(3, 4, 2, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> map.negativeLogLikelihood(flatTargets))
        .withMessage("targets must have shape [3, 2, 2, 2], got [3, 8]");
  }
}
