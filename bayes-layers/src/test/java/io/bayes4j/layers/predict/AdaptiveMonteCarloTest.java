package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

class AdaptiveMonteCarloTest {
  private static final INDArray X = Noise.seeded(2).normals(20, 4);

  private static Sequential model(int outputs) {
    Init init = Init.seeded(1);
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.3);
    return Sequential.of(
        new LinearReparameterization(4, 8, spec, init),
        Activation.TANH,
        new LinearReparameterization(8, outputs, spec, init));
  }

  private static double greatest(INDArray errors) {
    return Arrays.stream(Doubles.of(errors)).max().orElseThrow();
  }

  @Test
  void theDrawsAreTheFirstOnesOfTheFixedSequence() {
    MonteCarlo fixed = MonteCarlo.of(model(3)).seed(5);
    Prediction adaptive = fixed.adaptive(0.03).classify(X);
    assertThat(adaptive.draws()).isBetween(11, 199);
    assertThat(Doubles.of(adaptive.probabilities()))
        .isEqualTo(Doubles.of(fixed.samples(adaptive.draws()).classify(X).probabilities()));
  }

  @Test
  void itStopsAsSoonAsTheErrorAllowsAndNotBefore() {
    MonteCarlo fixed = MonteCarlo.of(model(3));
    double tolerance = 0.02;
    Prediction prediction = fixed.adaptive(tolerance).between(5, 2000).classify(X);
    assertThat(greatest(prediction.standardError())).isLessThanOrEqualTo(tolerance);
    Prediction earlier = fixed.samples((int) (prediction.draws() / 1.5) - 1).classify(X);
    assertThat(greatest(earlier.standardError())).isGreaterThan(tolerance);
  }

  @Test
  void boundsHoldWhateverTheTolerance() {
    MonteCarlo draws = MonteCarlo.of(model(3));
    assertThat(draws.adaptive(1e-9).between(4, 33).classify(X).draws()).isEqualTo(33);
    assertThat(draws.adaptive(10).between(4, 33).classify(X).draws()).isEqualTo(4);
    assertThat(draws.adaptive(10).classify(X).draws()).isEqualTo(10);
    assertThat(draws.adaptive(1e-9).between(7, 7).outputs(X).shape()).containsExactly(7, 20, 3);
  }

  @Test
  void whatIsAskedForDecides() {
    MonteCarlo two = MonteCarlo.of(model(2));
    AdaptiveMonteCarlo adaptive = two.adaptive(0.1);
    RegressionPrediction numbers = adaptive.regress(X);
    assertThat(greatest(numbers.standardError())).isLessThanOrEqualTo(0.1);
    assertThat(numbers.means().shape()).containsExactly(numbers.draws(), 20, 1);
    assertThat(greatest(adaptive.regress(X, 0.5).standardError())).isLessThanOrEqualTo(0.1);
    LabelPrediction labels = two.adaptive(0.04).classifyLabels(X);
    assertThat(greatest(labels.standardError())).isLessThanOrEqualTo(0.04);
    Prediction binary = MonteCarlo.of(model(1)).adaptive(0.04).classifyBinary(X);
    assertThat(greatest(binary.standardError())).isLessThanOrEqualTo(0.04);
    assertThat(binary.draws()).isLessThan(200);
    // Logits are larger than probabilities: the same tolerance asks for more of them.
    int forLogits = (int) two.adaptive(0.04).outputs(X).size(0);
    assertThat(forLogits).isGreaterThan(two.adaptive(0.04).classify(X).draws());
  }

  /** Of 200 sets of draws, the means scatter as the standard error says. */
  @Test
  void theStandardErrorIsThatOfTheMean() {
    MonteCarlo model = MonteCarlo.of(model(3)).samples(25);
    assertThat(varianceOfMeans(model, X.get(NDArrayIndex.interval(0, 1)))).isPositive();
  }

  /** The variance of the means of 200 sets of draws, about which they must be right. */
  static double varianceOfMeans(MonteCarlo draws, INDArray one) {
    int sets = 200;
    double sum = 0;
    double squares = 0;
    double claimed = 0;
    for (int seed = 0; seed < sets; seed++) {
      Prediction prediction = draws.seed(seed).classify(one);
      double mean = prediction.mean().getDouble(0, 0);
      sum += mean;
      squares += mean * mean;
      claimed += Math.pow(prediction.standardError().getDouble(0, 0), 2) / sets;
    }
    double variance = (squares - sum * sum / sets) / (sets - 1);
    // The sample variance of 200 has a relative standard error of 0.1.
    assertThat(variance / claimed).isCloseTo(1, within(0.4));
    return variance;
  }

  @Test
  void wrongSettingsAndModelsAreNamed() {
    MonteCarlo draws = MonteCarlo.of(model(3));
    for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> draws.adaptive(wrong))
          .withMessageContaining("tolerance");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> draws.adaptive(0.1).between(1, 5))
        .withMessage("fewest must be >= 2, got 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> draws.adaptive(0.1).between(6, 5))
        .withMessageContaining("greatest must be >= fewest (=6)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MonteCarlo.atMean(model(3)).adaptive(0.1))
        .withMessageContaining("MEAN");
    assertThatIllegalStateException()
        .isThrownBy(() -> MonteCarlo.of(new Linear(4, 2, Init.seeded(1))).adaptive(0.1).classify(X))
        .withMessageContaining("nothing in the model is random");
    INDArray wrong = Detached.full(Double.NaN, 2, 4);
    assertThatIllegalArgumentException().isThrownBy(() -> draws.adaptive(0.1).classify(wrong));
  }
}
