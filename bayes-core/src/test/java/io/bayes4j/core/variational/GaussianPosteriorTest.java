package io.bayes4j.core.variational;

import static io.bayes4j.core.testing.Doubles.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class GaussianPosteriorTest {
  private static final long[] SHAPE = {2, 3, 4};
  private static final Noise NOISE = Noise.seeded(11);

  private final GaussianPosterior q =
      GaussianPosterior.ofRho(Samples.normals(1, SHAPE), Samples.normals(2, SHAPE));

  private static double[] softplus(INDArray rho) {
    return Arrays.stream(Doubles.of(rho)).map(NumericKl::softplus).toArray();
  }

  @Test
  void aDrawIsTheMeanPlusSigmaTimesNormals() {
    double[] mu = Doubles.of(q.mu().value());
    double[] sigma = softplus(q.rho().value());
    double[] eps = Doubles.of(NOISE.normals(SHAPE));
    double[] draw = new double[mu.length];
    double[] perturbation = new double[mu.length];
    for (int i = 0; i < mu.length; i++) {
      perturbation[i] = sigma[i] * eps[i];
      draw[i] = mu[i] + perturbation[i];
    }
    assertClose("draw", q.sample(NOISE).value(), SHAPE, draw, 1e-6);
    assertClose("perturbation", q.perturbation(NOISE).value(), SHAPE, perturbation, 1e-6);
    assertClose("sigma", q.sigma(), SHAPE, sigma, 1e-6);
    assertClose("sigma", q.standardDeviation().value(), SHAPE, sigma, 1e-6);
    assertThat(q.mean().value()).isSameAs(q.mu().value());
  }

  @Test
  void asAPriorItIsCopied() {
    GaussianPrior prior = q.asPrior();
    assertThat(prior.kl(q, NOISE).item()).isCloseTo(0, within(1e-5));
    double[] mu = Doubles.of(q.mu().value());
    q.mu().value().addi(1);
    q.rho().value().subi(1);
    assertThat(Doubles.of(prior.mean())).isEqualTo(mu);
    assertThat(prior.kl(q, NOISE).item()).isGreaterThan(1);
  }

  @Test
  void aSpreadOfZeroIsNoPrior() {
    q.rho().value().putScalar(new long[] {0, 1, 2}, -200);
    assertThatIllegalArgumentException()
        .isThrownBy(q::asPrior)
        .withMessageContaining("prior sigma must be finite and >=");
  }

  @Test
  void oneNoiseGivesOneDraw() {
    assertThat(q.sample(NOISE).value()).isEqualTo(q.sample(NOISE).value());
    assertThat(q.sample(NOISE.split(1)).value()).isNotEqualTo(q.sample(NOISE).value());
  }

  @Test
  void gradients() {
    Var mu = q.mean();
    Var rho = q.rho().var();
    GradientCheck.of(() -> Ops.square(q.sample(NOISE))).run(mu, rho);
    GradientCheck.of(() -> Ops.square(q.perturbation(NOISE))).run(rho);
    GradientCheck.of(() -> Ops.square(q.standardDeviation())).run(rho);
    GradientCheck.of(() -> Ops.mul(q.sample(NOISE), q.sample(NOISE))).run(mu, rho);
  }

  @Test
  void gradientsThatArriveChannelsLast() {
    Var last = Var.constant(Samples.normals(Layout.CHANNELS_LAST, 3, SHAPE));
    Var rho = q.rho().var();
    // The gradient of a sum has the layout of what was added up.
    GradientCheck.of(() -> Ops.sum(Ops.mul(last, q.sample(NOISE)))).run(q.mean(), rho);
    GradientCheck.of(() -> Ops.sum(Ops.mul(last, q.perturbation(NOISE)))).run(rho);
    GradientCheck.of(() -> Ops.sum(Ops.mul(last, q.standardDeviation()))).run(rho);
  }

  /**
   * One buffer of noise, refilled at each draw, would give all draws the last one's noise in the
   * gradient of rho.
   */
  @Test
  void threeDrawsBeforeOneBackwardKeepTheirOwnNoise() {
    GradientCheck.of(
            () -> {
              Var y = Ops.square(q.sample(NOISE.split(0)));
              y = Ops.add(y, Ops.exp(Ops.scale(q.sample(NOISE.split(1)), 0.3)));
              return Ops.add(y, Ops.mul(q.sample(NOISE.split(2)), q.perturbation(NOISE.split(3))));
            })
        .run(q.mean(), q.rho().var());
  }

  @Test
  void gradientsOfADrawAndOfItsDivergenceAddUp() {
    GaussianPrior prior = GaussianPrior.of(0.1, 0.7);
    Var mu = q.mean();
    Var rho = q.rho().var();
    GradientCheck.of(
            () -> {
              Var fit = Ops.sum(Ops.square(q.sample(NOISE)));
              return Ops.add(fit, Ops.scale(prior.kl(q, NOISE), 0.3));
            })
        .run(mu, rho);
    GradientCheck.of(
            () -> {
              Var kl = Ops.scale(prior.kl(q, NOISE), 0.3);
              return Ops.add(kl, Ops.sum(Ops.square(q.perturbation(NOISE))));
            })
        .run(mu, rho);
  }

  @Test
  void aFrozenMeanTakesNoGradient() {
    q.mu().setTrainable(false);
    Gradients gradients = Gradients.of(Ops.sum(q.sample(NOISE)));
    assertThat(gradients.reaches(q.mean())).isFalse();
    assertThat(gradients.reaches(q.rho().var())).isTrue();
    q.rho().setTrainable(false);
    assertThat(q.sample(NOISE).tracked()).isFalse();
    assertThat(q.perturbation(NOISE).tracked()).isFalse();
    assertThat(q.standardDeviation().tracked()).isFalse();
  }

  @Test
  void extremeSpreads() {
    INDArray rho = Samples.array(new long[] {5}, -110, -80, 0, 100, 1e4);
    GaussianPosterior extreme = GaussianPosterior.ofRho(rho.like(), rho);
    double[] sigma = Doubles.of(extreme.sigma());
    assertThat(sigma).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY);
    assertThat(sigma[1] / Math.exp(-80)).isBetween(1 - 1e-4, 1 + 1e-4);
    assertThat(sigma[3]).isEqualTo(100);
    assertThat(sigma[4]).isEqualTo(1e4);
    Var r = extreme.rho().var();
    double[] slope = Doubles.of(Gradients.of(Ops.sum(extreme.standardDeviation())).get(r));
    assertThat(slope[0]).isBetween(0.0, 1e-40);
    assertThat(slope[2]).isEqualTo(0.5);
    assertThat(slope[3]).isEqualTo(1);
    assertThat(Doubles.of(extreme.sample(NOISE).value())).doesNotContain(Double.NaN);
  }

  @Test
  void copiesWhatItIsGiven() {
    INDArray mu = Samples.normals(1, 3);
    INDArray rho = Samples.normals(2, 3);
    GaussianPosterior copy = GaussianPosterior.ofRho(mu, rho);
    mu.assign(9);
    rho.assign(9);
    assertThat(copy.mu().value()).isEqualTo(Samples.normals(1, 3));
    assertThat(copy.rho().value()).isEqualTo(Samples.normals(2, 3));
    assertThat(copy).hasToString("GaussianPosterior[3]");
  }

  @Test
  void oneRhoForAll() {
    INDArray mu = Samples.strided(Samples.normals(1, 2, 3));
    GaussianPosterior same = GaussianPosterior.ofRho(mu, -3.5);
    assertThat(same.rho().value().minNumber().doubleValue()).isEqualTo(-3.5);
    assertThat(same.rho().value().maxNumber().doubleValue()).isEqualTo(-3.5);
    assertThat(same.mu().value()).isEqualTo(mu.dup('c'));
  }

  @Test
  void ofSigmaIsUndoneBySigma() {
    INDArray sigma = Samples.array(new long[] {6}, 1e-30, 1e-6, 0.01, 1, 30, 1e6);
    GaussianPosterior given = GaussianPosterior.ofSigma(sigma.like(), sigma);
    double[] wanted = Doubles.of(sigma);
    double[] got = Doubles.of(given.sigma());
    for (int i = 0; i < wanted.length; i++) {
      assertThat(got[i] / wanted[i]).as("sigma %s", wanted[i]).isBetween(1 - 1e-5, 1 + 1e-5);
    }
    INDArray last = Samples.in(Layout.CHANNELS_LAST, Samples.positive(3, SHAPE));
    assertClose("sigma", GaussianPosterior.ofSigma(last, last).sigma(), last, 1e-6);
  }

  @Test
  void refusesWhatDoesNotFit() {
    INDArray three = Samples.positive(1, 3);
    INDArray four = Samples.positive(1, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianPosterior.ofRho(three, four))
        .withMessageContaining("[3]")
        .withMessageContaining("[4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianPosterior.ofSigma(three, four))
        .withMessageContaining("[4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianPosterior.ofRho(three.castTo(DataType.DOUBLE), 0.1))
        .withMessageContaining("DOUBLE");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianPosterior.ofRho(three, Double.NaN))
        .withMessageContaining("rho must be finite, got NaN");
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      INDArray sigma = Samples.array(new long[] {3}, 1, bad, 1);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> GaussianPosterior.ofSigma(three, sigma))
          .withMessageContaining("sigma must be finite and > 0")
          .withMessageContaining("element 1");
    }
  }

  @Test
  void aVariationalParameterAsksItsPrior() {
    VariationalParameter p = new VariationalParameter(q, GaussianPrior.of(0, 1));
    assertThat(p.posterior()).isSameAs(q);
    assertThat(p.kl(NOISE).item()).isEqualTo(GaussianPrior.of(0, 1).kl(q, NOISE).item());
    p.setPrior(GaussianPrior.of(3, 0.1));
    assertThat(p.kl(NOISE).item()).isEqualTo(GaussianPrior.of(3, 0.1).kl(q, NOISE).item());
    Parameter mu = p.posterior().mu();
    assertThat(mu.trainable()).isTrue();
  }
}
