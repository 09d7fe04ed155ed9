package io.bayes4j.layers.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Classification;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.train.Elbo;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where other libraries of Bayesian layers give wrong numbers without a word. */
class TrapsTest {
  private static final VariationalSpec SPEC = VariationalSpec.defaults().withInitialSigma(0.3);

  private static VariationalAffine dense(long inputs, long units, Estimator estimator) {
    AffineOp op = new AffineOp.Dense(inputs, units, true);
    return VariationalLayers.fresh(op, estimator, SPEC, Init.seeded(1));
  }

  /** Each draw must keep its own noise until the backward pass. */
  @ParameterizedTest
  @EnumSource(Estimator.class)
  void threeForwardsBeforeOneBackwardKeepTheirNoise(Estimator estimator) {
    VariationalAffine layer = dense(3, 2, estimator);
    Var x = Var.constant(Samples.normals(2, 4, 3));
    Var[] leaves = layer.parameters().values().stream().map(Parameter::var).toArray(Var[]::new);
    GradientCheck.of(
            () -> {
              Var sum = Var.constant(0);
              for (int draw = 0; draw < 3; draw++) {
                Pass pass = Pass.train(Noise.seeded(3).split(draw));
                sum = Ops.add(sum, Ops.square(layer.forward(x, pass)));
              }
              return sum;
            })
        .run(leaves);
  }

  /**
   * The pooled output is linear in the weights, with its gradient as coefficients: its variance is
   * the sum of (sigma * coefficient)^2. Signs drawn for each pixel would average out.
   */
  @ParameterizedTest
  @EnumSource(Estimator.class)
  void signsBelongToAnExampleAndChannelSoThatPoolingKeepsTheSpread(Estimator estimator) {
    AffineOp op = new AffineOp.Conv(ConvSpec.conv2d(2, 1, 3).withPadding(1));
    VariationalAffine conv = VariationalLayers.fresh(op, estimator, SPEC, Init.seeded(1));
    Sequential model = Sequential.of(conv, new GlobalAvgPool());
    Var x = Var.constant(Samples.normals(2, 1, 2, 8, 8).addi(0.5));
    Gradients coefficients = Gradients.of(Ops.sum(model.forward(x, Pass.mean())));
    double variance = 0;
    for (VariationalParameter weights : conv.distributions().values()) {
      GaussianPosterior q = weights.posterior();
      double[] sigma = Doubles.of(q.sigma());
      double[] c = Doubles.of(coefficients.get(q.mu()));
      for (int i = 0; i < c.length; i++) {
        variance += sigma[i] * sigma[i] * c[i] * c[i];
      }
    }
    double mean = model.forward(x, Pass.mean()).value().getDouble(0);
    int draws = 800;
    double squares = 0;
    // Flipout draws signs in training alone, and local reparameterization pixels.
    Mode mode = estimator == Estimator.FLIPOUT ? Mode.TRAIN : Mode.SAMPLE;
    for (int draw = 0; draw < draws; draw++) {
      Pass pass = Pass.of(mode, Noise.seeded(4).split(draw));
      squares += Math.pow(model.forward(x, pass).value().getDouble(0) - mean, 2);
    }
    // Five standard errors of the variance of Gaussian draws.
    assertThat(squares / draws).isCloseTo(variance, within(5 * variance * Math.sqrt(2.0 / draws)));
  }

  @Test
  void theDivergenceIsSummedOverElementsNotAveragedOverTensors() {
    VariationalAffine layer = dense(20, 10, Estimator.FLIPOUT);
    double sum = 0;
    double means = 0;
    for (VariationalParameter weights : layer.distributions().values()) {
      double[] mu = Doubles.of(weights.posterior().mu().value());
      double tensor = Arrays.stream(mu).map(m -> (0.09 + m * m - 1) / 2 - Math.log(0.3)).sum();
      sum += tensor;
      means += tensor / mu.length;
    }
    assertThat(Kl.value(layer)).isCloseTo(sum, within(1e-5 * sum));
    assertThat(Kl.meanPerTensor(layer)).isCloseTo(means, within(1e-5 * means));
    assertThat(sum).isGreaterThan(50 * means);
  }

  @Test
  void theLossScalesTheDivergenceByBetaOverTheSizeOfTheData() {
    Elbo elbo = Elbo.of(50).withBeta(Schedule.constant(0.5));
    assertThat(elbo.loss(List.of(Var.constant(2)), Var.constant(300), 0).item()).isEqualTo(5);
    assertThat(elbo.klWeight(0)).isEqualTo(0.01);
  }

  @Test
  void aTiedLayerCountsOnceAndAPlainModelNothing() {
    VariationalAffine shared = dense(3, 3, Estimator.REPARAMETERIZATION);
    assertThat(Kl.value(Sequential.of(shared, Activation.RELU, shared)))
        .isEqualTo(Kl.value(shared))
        .isPositive();
    Sequential plain = Sequential.of(new Linear(3, 2, Init.seeded(1)), new BatchNorm2d(2));
    assertThat(Kl.of(plain, Noise.seeded(1)).item()).isZero();
  }

  @Test
  void sigmaIsAStandardDeviation() {
    VariationalAffine layer = dense(3, 2, Estimator.FLIPOUT);
    VariationalParameter kernel = layer.distributions().get("weight");
    for (double sigma : Doubles.of(kernel.posterior().sigma())) {
      assertThat(sigma).isCloseTo(0.3, within(1e-6));
    }
    kernel.posterior().mu().value().assign(0);
    kernel.setPrior(GaussianPrior.of(0, 0.3));
    assertThat(kernel.kl(Noise.seeded(1)).item()).isCloseTo(0, within(1e-5));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-110, -1000, 100})
  void anExtremeRhoGivesFiniteDivergencesAndGradients(double rho) {
    VariationalAffine layer = dense(3, 2, Estimator.FLIPOUT);
    layer.distributions().values().forEach(q -> q.posterior().rho().value().assign(rho));
    Var kl = Kl.of(layer, Noise.seeded(1));
    Var x = Var.constant(Samples.normals(2, 4, 3));
    Var y = Ops.sum(Ops.square(layer.forward(x, Pass.train(Noise.seeded(1)))));
    Gradients gradients = Gradients.of(Ops.add(kl, y));
    assertThat(kl.item()).isFinite().isPositive();
    assertThat(y.item()).isFinite();
    layer
        .parameters()
        .forEach(
            (name, parameter) -> {
              double[] gradient = Doubles.of(gradients.get(parameter));
              assertThat(Arrays.stream(gradient).allMatch(Double::isFinite)).as(name).isTrue();
            });
  }

  @Test
  void likelihoodsAreAveragedOverDrawsNotLogits() {
    Var sure = Var.constant(Samples.array(new long[] {1, 2}, 4, 0));
    Var wrong = Var.constant(Samples.array(new long[] {1, 2}, 0, 4));
    int[] label = {0};
    Var right = Classification.crossEntropy(sure, label);
    Var bad = Classification.crossEntropy(wrong, label);
    double loss = Elbo.of(1).withSamples(2).loss(List.of(right, bad), Var.constant(0), 0).item();
    // log(1 + e^-4) and log(1 + e^4); the mean logits alone would give log 2.
    double expected = (Math.log1p(Math.exp(-4)) + Math.log1p(Math.exp(4))) / 2;
    assertThat(loss).isCloseTo(expected, within(1e-6)).isGreaterThan(3 * Math.log(2) / 2);
  }

  @Test
  void aWideLayerStartsWithOutputsOfOrderOne() {
    LinearFlipout wide = new LinearFlipout(9216, 8, VariationalSpec.defaults(), Init.seeded(1));
    INDArray x = Samples.normals(2, 32, 9216);
    double[] y = Doubles.of(wide.forward(Var.constant(x), Pass.mean()).value());
    double std = Math.sqrt(Arrays.stream(y).map(v -> v * v).average().orElseThrow());
    // sqrt 2, for the rectifier that follows, within five standard errors of 256 outputs.
    assertThat(std).isCloseTo(Math.sqrt(2), within(5 * Math.sqrt(2) / Math.sqrt(2 * 256)));
  }

  @Test
  void aBatchOfTwoImagesIsNoTupleAndNormalisationStartsAtScaleOne() {
    BatchNorm2d norm = new BatchNorm2d(3);
    assertThat(Doubles.of(norm.parameters().get("weight").value())).containsOnly(1);
    assertThat(Doubles.of(norm.parameters().get("bias").value())).containsOnly(0);
    ConvSpec spec = ConvSpec.conv2d(2, 3, 3);
    Conv2dFlipout conv = new Conv2dFlipout(spec, SPEC, Init.seeded(1));
    Sequential model = Sequential.of(conv, norm, Activation.RELU, new Dropout(0.2));
    Var y =
        model.forward(Var.constant(Samples.normals(2, 2, 2, 5, 5)), Pass.train(Noise.seeded(1)));
    assertThat(y.shape()).containsExactly(2, 3, 3, 3);
    assertThat(Arrays.stream(Doubles.of(y.value())).min().orElseThrow()).isNotNegative();
    assertThat(Kl.value(model)).isEqualTo(Kl.value(conv)).isPositive();
  }
}
