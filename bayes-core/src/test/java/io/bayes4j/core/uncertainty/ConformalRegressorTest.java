package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class ConformalRegressorTest {
  private static INDArray column(double... values) {
    return Samples.array(new long[] {values.length, 1}, values);
  }

  private static INDArray normals(int n, String name) {
    return Noise.seeded(5).split(name).normals(n, 1);
  }

  @Test
  void theThirdOfThreeDistancesIsTheLimitForAQuarter() {
    INDArray means = column(0, 0, 0);
    ConformalRegressor regressor = ConformalRegressor.calibrate(0.25, means, column(1, -3, 2));
    assertThat(regressor.thresholds()).containsExactly(3);
    PredictionIntervals range = regressor.interval(column(10, 20));
    assertThat(Doubles.of(range.lower())).containsExactly(7, 17);
    assertThat(Doubles.of(range.upper())).containsExactly(13, 23);
    assertThat(range.coverage(column(13, 24))).isEqualTo(0.5);
    assertThat(range.meanWidth()).isEqualTo(6);
  }

  @Test
  void scaledRangesAreAsWideAsSigmaSays() {
    ConformalRegressor regressor =
        ConformalRegressor.calibrateScaled(0.5, column(0, 0, 0), column(1, 2, 4), column(1, -1, 8));
    assertThat(regressor.thresholds()).containsExactly(1);
    PredictionIntervals range = regressor.interval(column(0, 0), column(1, 3));
    assertThat(Doubles.of(range.upper())).containsExactly(1, 3);
  }

  @Test
  void quantilesAreWidenedOrNarrowed() {
    ConformalRegressor wider =
        ConformalRegressor.calibrateQuantiles(
            0.5, column(0, 0, 0), column(1, 1, 1), column(-2, 0.5, 1.5));
    assertThat(wider.thresholds()).containsExactly(0.5);
    ConformalRegressor narrower =
        ConformalRegressor.calibrateQuantiles(
            0.5, column(0, 0, 0), column(4, 4, 4), column(1, 2, 3));
    assertThat(narrower.thresholds()).containsExactly(-1);
    PredictionIntervals range = narrower.adjusted(column(0, 0), column(4, 1));
    assertThat(Doubles.of(range.lower())).containsExactly(1, 1);
    assertThat(Doubles.of(range.upper())).containsExactly(3, 0);
    assertThat(range.meanWidth()).as("the second is empty").isEqualTo(1);
  }

  @Test
  void coverageHoldsForAModelThatIsFarOff() {
    int n = 3000;
    INDArray wrong = column(new double[n]);
    ConformalRegressor regressor =
        ConformalRegressor.calibrate(0.1, wrong, normals(n, "held").muli(7).addi(3));
    double coverage = regressor.interval(wrong).coverage(normals(n, "later").muli(7).addi(3));
    // Calibration and test each add a variance of 0.09 / 3000.
    assertThat(coverage).isCloseTo(0.9, within(5 * Math.sqrt(2 * 0.09 / n)));
  }

  @Test
  void everyOutputHasItsOwnLimitAndTooFewHaveNone() {
    INDArray zeros = Samples.array(new long[] {3, 2}, 0, 0, 0, 0, 0, 0);
    INDArray targets = Samples.array(new long[] {3, 2}, 1, 10, 2, 20, 3, 30);
    assertThat(ConformalRegressor.calibrate(0.25, zeros, targets).thresholds())
        .containsExactly(3, 30);
    ConformalRegressor unable = ConformalRegressor.calibrate(0.1, zeros, targets);
    assertThat(Doubles.of(unable.interval(zeros).upper())).containsOnly(Double.POSITIVE_INFINITY);
    assertThat(unable.interval(zeros).coverage(targets)).isEqualTo(1);
  }

  @Test
  void badInputIsNamed() {
    INDArray two = column(1, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConformalRegressor.calibrate(0.5, two, column(1)))
        .withMessageContaining("means and targets must have the same shape");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConformalRegressor.calibrateScaled(0.5, two, column(1, 0), two))
        .withMessageContaining("sigmas[1, 0] must be finite and > 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConformalRegressor.calibrate(2, two, two))
        .withMessageContaining("alpha");
    ConformalRegressor absolute = ConformalRegressor.calibrate(0.5, two, two);
    assertThatIllegalStateException()
        .isThrownBy(() -> absolute.adjusted(two, two))
        .withMessage("the limits are for interval(means), not for adjusted(lower, upper)");
  }
}
