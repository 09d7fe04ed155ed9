package io.bayes4j.core.variational;

import static io.bayes4j.core.testing.Doubles.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GoldenCase;
import io.bayes4j.core.testing.GoldenCases;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GaussianPriorTest {
  private static final Noise UNUSED = Noise.seeded(0);
  private static final long[] SHAPE = {3, 4};

  private final INDArray mean = Samples.normals(3, SHAPE);
  private final INDArray sigma = Samples.positive(4, SHAPE);
  private final GaussianPosterior q =
      GaussianPosterior.ofRho(Samples.normals(1, SHAPE), Samples.normals(2, SHAPE));

  private List<GaussianPrior> priors() {
    return List.of(
        GaussianPrior.of(0.1, 0.7),
        GaussianPrior.of(mean, sigma),
        GaussianPrior.of(mean, Nd4j.scalar(0.7f)),
        GaussianPrior.of(Nd4j.scalar(0.1f), sigma));
  }

  private static double element(INDArray array, int i) {
    return array.rank() == 0 ? array.getDouble(0) : Doubles.of(array)[i];
  }

  @Test
  void valueIsTheIntegralThatDefinesIt() {
    for (GaussianPrior prior : priors()) {
      double expected = 0;
      for (int i = 0; i < 12; i++) {
        double m = element(prior.mean(), i);
        double s = element(prior.sigma(), i);
        double spread = NumericKl.softplus(element(q.rho().value(), i));
        expected +=
            NumericKl.of(
                element(q.mu().value(), i),
                spread,
                w -> NumericKl.logNormal((w - m) / s) - Math.log(s));
      }
      assertThat(prior.kl(q, UNUSED).item() / expected).as("%s", prior).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void gradients() {
    for (GaussianPrior prior : priors()) {
      GradientCheck.of(() -> prior.kl(q, UNUSED)).run(q.mean(), q.rho().var());
      GradientCheck.of(() -> Ops.square(prior.kl(q, UNUSED))).run(q.mean(), q.rho().var());
    }
  }

  static Stream<GoldenCase> golden() {
    return GoldenCases.all().stream().filter(c -> c.has("klgrad_mu"));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void agreesWithPyTorch(GoldenCase c) {
    GaussianPrior prior = GaussianPrior.of(c.priorMu(), c.priorSigma());
    GaussianPosterior weight = GaussianPosterior.ofRho(c.tensor("mu"), c.tensor("rho"));
    Var kl = prior.kl(weight, UNUSED);
    Gradients gradients = Gradients.of(kl);
    assertClose("mu", gradients.get(weight.mu()), c.tensor("klgrad_mu"), 1e-6);
    assertClose("rho", gradients.get(weight.rho()), c.tensor("klgrad_rho"), 1e-6);
    double sum = kl.item();
    if (c.bias()) {
      GaussianPosterior bias = GaussianPosterior.ofRho(c.tensor("bias_mu"), c.tensor("bias_rho"));
      sum += prior.kl(bias, UNUSED).item();
    }
    assertThat(sum / c.klSum()).isCloseTo(1, within(1e-6));
  }

  @Test
  void vanishesWhereThePosteriorIsThePrior() {
    GaussianPosterior same = GaussianPosterior.ofSigma(mean, sigma);
    Var kl = GaussianPrior.of(mean, sigma).kl(same, UNUSED);
    assertThat(kl.item()).isBetween(-1e-9, 1e-9);
    Gradients gradients = Gradients.of(kl);
    assertThat(gradients.get(same.mu()).amaxNumber().doubleValue()).isZero();
    assertThat(gradients.get(same.rho()).amaxNumber().doubleValue()).isLessThan(1e-5);
  }

  @Test
  void movesThePosteriorByItselfAlone() {
    // The divergence is part of the graph, rather than a number beside it.
    Gradients gradients = Gradients.of(GaussianPrior.of(0, 1).kl(q, UNUSED));
    assertThat(gradients.get(q.rho()).amaxNumber().doubleValue()).isGreaterThan(0.01);
  }

  @Test
  void extremeSpreads() {
    INDArray rho = Samples.array(new long[] {4}, -110, -1000, 100, 3000);
    GaussianPosterior extreme = GaussianPosterior.ofRho(rho.like(), rho);
    Var kl = GaussianPrior.of(0, 1).kl(extreme, UNUSED);
    double expected = 110 - 0.5 + 1000 - 0.5;
    for (double s : new double[] {100, 3000}) {
      expected += 0.5 * (s * s - 1) - Math.log(s);
    }
    assertThat(kl.item() / expected).isCloseTo(1, within(1e-6));
    double[] slopes = Doubles.of(Gradients.of(kl).get(extreme.rho()));
    assertThat(slopes[0]).isCloseTo(-1, within(1e-5));
    assertThat(slopes[1]).isCloseTo(-1, within(1e-5));
    assertThat(slopes[2] / (100 - 0.01)).isCloseTo(1, within(1e-5));
  }

  @Test
  void aFrozenPosteriorHasAConstantDivergence() {
    q.mu().setTrainable(false);
    Gradients gradients = Gradients.of(GaussianPrior.of(0, 1).kl(q, UNUSED));
    assertThat(gradients.reaches(q.mean())).isFalse();
    assertThat(gradients.reaches(q.rho().var())).isTrue();
    q.rho().setTrainable(false);
    assertThat(GaussianPrior.of(0, 1).kl(q, UNUSED).tracked()).isFalse();
  }

  @Test
  void copiesItsArrays() {
    GaussianPrior prior = GaussianPrior.of(mean, sigma);
    double before = prior.kl(q, UNUSED).item();
    mean.assign(9);
    sigma.assign(9);
    assertThat(prior.kl(q, UNUSED).item()).isEqualTo(before);
    assertThat(prior).hasToString("GaussianPrior(mean[3, 4], sigma[3, 4])");
  }

  @Test
  void refusesNumbersOutOfRange() {
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e-60, 1e60}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> GaussianPrior.of(0, bad))
          .withMessageContaining("sigma")
          .withMessageContaining("finite");
    }
    for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 1e60}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> GaussianPrior.of(bad, 1))
          .withMessageContaining("mean")
          .withMessageContaining("finite");
    }
  }

  @Test
  void refusesElementsOutOfRange() {
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e-40}) {
      INDArray sigmas = Samples.array(new long[] {3}, 1, bad, 1);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> GaussianPrior.of(Nd4j.scalar(0f), sigmas))
          .withMessageContaining("sigma")
          .withMessageContaining("element 1");
    }
    INDArray means = Samples.array(new long[] {3}, 1, Double.NaN, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianPrior.of(means, Nd4j.scalar(1f)))
        .withMessageContaining("element 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianPrior.of(mean.castTo(DataType.DOUBLE), sigma))
        .withMessageContaining("FLOAT");
  }

  @Test
  void refusesAPosteriorOfAnotherShape() {
    // As many elements, in another shape.
    GaussianPosterior other = GaussianPosterior.ofRho(Samples.normals(1, 4, 3), 0.1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianPrior.of(mean, Nd4j.scalar(1f)).kl(other, UNUSED))
        .withMessageContaining("prior mean")
        .withMessageContaining("[4, 3]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianPrior.of(Nd4j.scalar(0f), sigma).kl(other, UNUSED))
        .withMessageContaining("prior sigma");
  }
}
