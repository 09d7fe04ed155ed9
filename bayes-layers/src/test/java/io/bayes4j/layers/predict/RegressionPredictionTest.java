package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.NormalCdf;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.uncertainty.CredibleInterval;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class RegressionPredictionTest {
  /** Two draws of one example with two outputs. */
  private static final RegressionPrediction TWO =
      new RegressionPrediction(
          Samples.array(new long[] {2, 1, 2}, 1, 5, 3, 5),
          Samples.array(new long[] {2, 1, 2}, 0.5, 4, 1.5, 4));

  @Test
  void theStandardDeviationIsTheRootOfTheTotalVariance() {
    double[] sigma = Doubles.of(TWO.standardDeviation());
    assertThat(sigma[0]).isCloseTo(Math.sqrt(1 + 1), within(1e-6));
    assertThat(sigma[1]).isCloseTo(2, within(1e-6));
  }

  @Test
  void ofOneGaussianTheIntervalIsTheUsualOne() {
    CredibleInterval interval = TWO.interval(0.95);
    assertThat(interval.lower().getDouble(0, 1)).isCloseTo(5 - 2 * 1.959964, within(1e-5));
    assertThat(interval.upper().getDouble(0, 1)).isCloseTo(5 + 2 * 1.959964, within(1e-5));
    assertThat(TWO.quantile(0.5).getDouble(0, 1)).isCloseTo(5, within(1e-6));
  }

  @Test
  void ofAMixtureTheEndsHoldTheirShares() {
    INDArray upper = TWO.interval(0.8).upper();
    double x = upper.getDouble(0, 0);
    double below =
        (NormalCdf.of((x - 1) / Math.sqrt(0.5)) + NormalCdf.of((x - 3) / Math.sqrt(1.5))) / 2;
    assertThat(below).isCloseTo(0.9, within(1e-6));
  }

  @Test
  void withoutNoiseAQuantileIsAMean() {
    RegressionPrediction sure =
        new RegressionPrediction(
            Samples.array(new long[] {3, 1, 1}, 1, 2, 4),
            Samples.array(new long[] {3, 1, 1}, 0, 0, 0));
    assertThat(sure.quantile(0.5).getDouble(0)).isCloseTo(2, within(1e-6));
    assertThat(sure.quantile(0.99).getDouble(0)).isCloseTo(4, within(1e-6));
  }

  @Test
  void refusesSharesOutOfRange() {
    for (double bad : new double[] {0, 1, -0.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TWO.quantile(bad))
          .withMessageContaining("q must be in (0, 1)");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TWO.interval(bad))
          .withMessageContaining("level must be in (0, 1)");
    }
  }
}
