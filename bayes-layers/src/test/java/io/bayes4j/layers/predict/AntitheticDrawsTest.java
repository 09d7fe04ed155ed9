package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

class AntitheticDrawsTest {
  private static final INDArray X = Noise.seeded(2).normals(6, 4);

  private static LayerFactory layers(Estimator estimator) {
    return LayerFactory.variational(
        estimator, VariationalSpec.defaults().withInitialSigma(0.3), Init.seeded(1));
  }

  private static Layer bent() {
    LayerFactory layers = layers(Estimator.REPARAMETERIZATION);
    return Sequential.of(layers.linear(4, 8), Activation.TANH, layers.linear(8, 3));
  }

  private static INDArray draws(INDArray outputs, int from, int to) {
    return outputs.get(NDArrayIndex.interval(from, to)).dup('c');
  }

  private static double greatest(INDArray errors) {
    return Arrays.stream(Doubles.of(errors)).max().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(Estimator.class)
  void meansOfALinearModelAreExact(Estimator estimator) {
    MonteCarlo pairs = MonteCarlo.of(layers(estimator).linear(4, 3)).samples(6).antithetic();
    RegressionPrediction prediction = pairs.regress(X, 0.1);
    double[] exact = Doubles.of(MonteCarlo.atMean(layers(estimator).linear(4, 3)).outputs(X));
    assertThat(Doubles.of(prediction.mean())).containsExactly(exact, within(1e-6));
    assertThat(greatest(prediction.standardError())).isLessThan(1e-6);
    assertThat(Arrays.stream(Doubles.of(prediction.epistemicVariance())).min().orElseThrow())
        .isGreaterThan(1e-3);
  }

  @Test
  void theFirstOfAPairIsTheDrawOfThatNumber() {
    MonteCarlo plain = MonteCarlo.of(bent()).samples(4).seed(3);
    INDArray independent = plain.outputs(X);
    INDArray pairs = plain.antithetic().outputs(X);
    for (int s : List.of(0, 2)) {
      assertThat(draws(pairs, s, s + 1)).isEqualTo(draws(independent, s, s + 1));
      assertThat(draws(pairs, s + 1, s + 2)).isNotEqualTo(draws(independent, s + 1, s + 2));
    }
  }

  @Test
  void preparedDrawsAreTheSamePairs() {
    MonteCarlo pairs = MonteCarlo.of(bent()).samples(6).antithetic();
    try (PreparedPredictor prepared = pairs.prepared();
        PreparedPredictor plain = MonteCarlo.of(bent()).samples(2).prepared()) {
      assertThat(prepared.outputs(X)).isEqualTo(pairs.outputs(X));
      assertThat(prepared.dependentDraws()).isEqualTo(2);
      assertThat(PreparedPredictor.joined(List.of(prepared, prepared)).dependentDraws())
          .isEqualTo(2);
      assertThat(PreparedPredictor.joined(List.of(prepared, plain)).dependentDraws()).isEqualTo(1);
    }
  }

  @Test
  void dropoutKeepsWhatItsPartnerDropped() {
    Layer dropout = Sequential.of(new Dropout(0.5));
    INDArray ones = Detached.full(1, 1, 1000);
    INDArray pairs =
        MonteCarlo.of(dropout).mode(Mode.DROPOUT_SAMPLE).samples(2).antithetic().outputs(ones);
    assertThat(Doubles.of(pairs.mean(0))).containsOnly(1.0);
  }

  /** Of 200 sets of pairs, the means scatter as the standard error says, and less than others. */
  @Test
  void theStandardErrorIsThatOfTheMean() {
    INDArray one = draws(X, 0, 1);
    double pairs =
        AdaptiveMonteCarloTest.varianceOfMeans(MonteCarlo.of(bent()).samples(24).antithetic(), one);
    double independent =
        AdaptiveMonteCarloTest.varianceOfMeans(MonteCarlo.of(bent()).samples(24), one);
    assertThat(pairs).isLessThan(0.7 * independent);
  }

  @Test
  void adaptiveOnesComeInWholePairs() {
    MonteCarlo draws = MonteCarlo.of(bent());
    AdaptiveMonteCarlo adaptive = draws.antithetic().adaptive(0.02);
    Prediction prediction = adaptive.classify(X);
    assertThat(prediction.draws() % 2).isZero();
    assertThat(prediction.draws()).isLessThan(draws.adaptive(0.02).classify(X).draws());
    assertThat(greatest(prediction.standardError())).isLessThanOrEqualTo(0.02);
    assertThat(prediction.probabilities())
        .isEqualTo(draws.samples(prediction.draws()).antithetic().classify(X).probabilities());
    LabelPrediction labels = adaptive.classifyLabels(X);
    assertThat(greatest(labels.standardError())).isLessThanOrEqualTo(0.02);
    assertThat(labels.label(1).draws()).isEqualTo(labels.draws());
    assertThat(adaptive.between(4, 6).classify(X).draws()).isBetween(4, 6);
  }

  @Test
  void wrongSettingsAreNamed() {
    MonteCarlo pairs = MonteCarlo.of(bent()).antithetic();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pairs.samples(5))
        .withMessage("samples must be even for antithetic draws, which are pairs, got 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MonteCarlo.of(bent()).samples(5).antithetic())
        .withMessageContaining("got 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pairs.mode(Mode.MEAN))
        .withMessage("antithetic draws need a mode that draws, got the mode MEAN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pairs.adaptive(0.1).between(2, 8))
        .withMessage("fewest must be >= 4, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pairs.adaptive(0.1).between(4, 9))
        .withMessageContaining("must be even for antithetic draws, got 4 and 9");
    INDArray three = Detached.full(1, 3, 2, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RegressionPrediction(three, three, 2))
        .withMessage("dependentDraws must be >= 1 and divide the number of draws (=3), got 2");
  }
}
