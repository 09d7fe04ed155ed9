package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class SpreadScalingTest {
  private static final int EXAMPLES = 4000;
  private static final Noise NOISE = Noise.seeded(4);

  /** Four draws whose means differ, [4, N, 2], with noise of 0.5. */
  private static RegressionPrediction draws(int examples) {
    INDArray means = NOISE.normals(4, examples, 2);
    return new RegressionPrediction(means, Detached.fill(Detached.like(means), 0.25), 2);
  }

  /** Targets drawn from the predicted mixtures, both of an example from one draw, stretched. */
  private static INDArray targets(RegressionPrediction prediction, double factor) {
    RegressionPrediction stretched = new SpreadScaling(factor).apply(prediction);
    INDArray noise = NOISE.split(1).normals(EXAMPLES, 2).muli(0.5 * factor);
    INDArray targets = Detached.like(noise);
    for (int n = 0; n < EXAMPLES; n++) {
      for (int d = 0; d < 2; d++) {
        int draw = n % 4;
        targets.putScalar(n, d, stretched.means().getDouble(draw, n, d) + noise.getDouble(n, d));
      }
    }
    return targets;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.4, 1, 3})
  void theFactorIsFound(double factor) {
    RegressionPrediction prediction = draws(EXAMPLES);
    INDArray targets = targets(prediction, factor);
    SpreadScaling scaling = SpreadScaling.fit(prediction, targets);
    // Of 8,000 numbers a factor has a relative standard error of about 1 / sqrt(2 * 8,000) = 0.008.
    assertThat(scaling.factor() / factor).isCloseTo(1, within(0.04));
    double least = scaling.apply(prediction).negativeLogLikelihood(targets);
    for (double off : new double[] {0.97, 1.03}) {
      assertThat(
              new SpreadScaling(off * scaling.factor())
                  .apply(prediction)
                  .negativeLogLikelihood(targets))
          .isGreaterThan(least);
    }
  }

  @Test
  void meansAndSharesStay() {
    RegressionPrediction before = draws(5);
    RegressionPrediction after = new SpreadScaling(3).apply(before);
    assertThat(after.dependentDraws()).isEqualTo(2);
    assertThat(Doubles.of(after.mean())).containsExactly(Doubles.of(before.mean()), within(1e-6));
    assertThat(Doubles.of(after.aleatoricVariance()))
        .containsExactly(Doubles.of(before.aleatoricVariance().mul(9)), within(1e-6));
    assertThat(Doubles.of(after.epistemicVariance()))
        .containsExactly(Doubles.of(before.epistemicVariance().mul(9)), within(1e-4));
    assertThat(before).isEqualTo(draws(5));
  }

  @Test
  void placesAreStretchedEachByItself() {
    INDArray means = NOISE.normals(3, 2, 1, 2, 2);
    RegressionPrediction places =
        new RegressionPrediction(means, Detached.fill(Detached.like(means), 1));
    RegressionPrediction after = new SpreadScaling(2).apply(places);
    assertThat(after.means().shape()).containsExactly(3, 2, 1, 2, 2);
    assertThat(Doubles.of(after.mean())).containsExactly(Doubles.of(places.mean()), within(1e-6));
  }

  @Test
  void wrongArgumentsAreNamed() {
    for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e30, 1e-30}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new SpreadScaling(wrong))
          .withMessageContaining("factor must");
    }
    RegressionPrediction prediction = draws(5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpreadScaling.fit(prediction, NOISE.normals(4, 2)))
        .withMessageContaining("targets must have shape [5, 2]");
    RegressionPrediction sure =
        new RegressionPrediction(
            prediction.means(), Detached.fill(Detached.like(prediction.means()), 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpreadScaling.fit(sure, NOISE.normals(5, 2)))
        .withMessage("heldOut must have variances of the noise above zero, got 0.0");
  }
}
