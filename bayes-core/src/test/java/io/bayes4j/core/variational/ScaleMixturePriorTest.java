package io.bayes4j.core.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ScaleMixturePriorTest {
  private static final Noise NOISE = Noise.seeded(5);

  static Stream<ScaleMixturePrior> priors() {
    return Stream.of(
        new ScaleMixturePrior(0.5, 1, 0.1),
        new ScaleMixturePrior(0.25, 1.5, 0.02),
        new ScaleMixturePrior(0, 1, 0.3),
        new ScaleMixturePrior(1, 0.8, 0.1),
        new ScaleMixturePrior(0.5, 0.1, 1));
  }

  private static double logDensity(ScaleMixturePrior p, double w) {
    double first = p.pi() * Math.exp(NumericKl.logNormal(w / p.sigma1())) / p.sigma1();
    double second = (1 - p.pi()) * Math.exp(NumericKl.logNormal(w / p.sigma2())) / p.sigma2();
    return Math.log(first + second);
  }

  /** All elements alike, so that each is one more draw. */
  private static GaussianPosterior alike(int elements, double mu, double rho) {
    INDArray means = Samples.normals(1, elements).assign(mu);
    return GaussianPosterior.ofRho(means, rho);
  }

  @ParameterizedTest
  @MethodSource("priors")
  void theMeanOfManyDrawsIsTheDivergence(ScaleMixturePrior prior) {
    double mu = 0.2;
    double rho = -2;
    double expected = NumericKl.of(mu, NumericKl.softplus(rho), w -> logDensity(prior, w));
    GaussianPosterior q = alike(500, mu, rho);
    int draws = 60;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      double kl = prior.kl(q, NOISE.split(i)).item() / 500;
      sum += kl;
      squares += kl * kl;
    }
    double mean = sum / draws;
    double variance = (squares - draws * mean * mean) / (draws - 1);
    assertThat(mean).isCloseTo(expected, within(4 * Math.sqrt(variance / draws)));
    // The bound itself must be tight enough to tell.
    assertThat(Math.sqrt(variance / draws)).isLessThan(0.02 * Math.abs(expected));
  }

  @ParameterizedTest
  @MethodSource("priors")
  void gradientsGoThroughTheDraw(ScaleMixturePrior prior) {
    GaussianPosterior q =
        GaussianPosterior.ofRho(Samples.normals(1, 3, 4), Samples.normals(2, 3, 4));
    GradientCheck.of(() -> prior.kl(q, NOISE)).step(5e-3).run(q.mean(), q.rho().var());
  }

  @Test
  void oneNoiseGivesOneEstimate() {
    ScaleMixturePrior prior = new ScaleMixturePrior(0.5, 1, 0.1);
    GaussianPosterior q = alike(5, 0.2, -2);
    assertThat(prior.kl(q, NOISE).item()).isEqualTo(prior.kl(q, NOISE).item());
    assertThat(prior.kl(q, NOISE.split(1)).item()).isNotEqualTo(prior.kl(q, NOISE).item());
  }

  @Test
  void staysFiniteFarOut() {
    ScaleMixturePrior prior = new ScaleMixturePrior(0.5, 1, 1e-3);
    INDArray mu = Samples.array(new long[] {4}, 1e4, -1e4, 0, 1e-8);
    INDArray rho = Samples.array(new long[] {4}, 100, -110, -110, -200);
    GaussianPosterior q = GaussianPosterior.ofRho(mu, rho);
    Var kl = prior.kl(q, NOISE);
    assertThat(kl.item()).isFinite();
    Gradients gradients = Gradients.of(kl);
    double[] byMu = Doubles.of(gradients.get(q.mu()));
    double[] byRho = Doubles.of(gradients.get(q.rho()));
    assertThat(byMu[1]).isCloseTo(-1e4, within(1e-1));
    assertThat(byRho[1]).isCloseTo(-1, within(1e-5));
    assertThat(byRho[3]).isCloseTo(-1, within(1e-5));
    assertThat(byRho).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY);
  }

  @Test
  void aFrozenPosteriorHasAConstantDivergence() {
    GaussianPosterior q = alike(5, 0.2, -2);
    q.mu().setTrainable(false);
    q.rho().setTrainable(false);
    assertThat(new ScaleMixturePrior(0.5, 1, 0.1).kl(q, NOISE).tracked()).isFalse();
  }

  @Test
  void refusesNumbersOutOfRange() {
    for (double bad : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ScaleMixturePrior(bad, 1, 1))
          .withMessageContaining("pi");
    }
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ScaleMixturePrior(0.5, bad, 1))
          .withMessageContaining("sigma1");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ScaleMixturePrior(0.5, 1, bad))
          .withMessageContaining("sigma2");
    }
  }
}
