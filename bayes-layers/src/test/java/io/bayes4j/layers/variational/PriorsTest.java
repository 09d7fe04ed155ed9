package io.bayes4j.layers.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.ScaleMixturePrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.EmbeddingOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PriorsTest {
  private static final VariationalSpec SPEC = VariationalSpec.defaults();
  private static final Init INIT = Init.seeded(3);

  private static double sigma(Layer model, String path) {
    GaussianPrior prior = (GaussianPrior) Kl.distributions(model).get(path).prior();
    assertThat(prior.mean().getDouble(0)).isZero();
    return prior.sigma().getDouble(0);
  }

  @Test
  void fanInIsTheNumberOfWeightsThatAnOutputIsASumOver() {
    Layer model =
        Sequential.of(
            new LinearFlipout(3, 50, SPEC, INIT),
            new Conv2dReparameterization(ConvSpec.conv2d(4, 8, 3), SPEC, INIT),
            new ConvTranspose2dFlipout(ConvSpec.conv2d(6, 8, 2), SPEC, INIT),
            new LstmReparameterization(RecurrentSpec.of(5, 7), SPEC, INIT),
            new EmbeddingReparameterization(EmbeddingOp.of(9, 4), SPEC, INIT));
    Priors.byFanIn(model, 2);
    assertThat(sigma(model, "0.weight")).isCloseTo(Math.sqrt(2 / 3.0), within(1e-6));
    assertThat(sigma(model, "0.bias")).isCloseTo(Math.sqrt(2), within(1e-6));
    assertThat(sigma(model, "1.weight")).isCloseTo(Math.sqrt(2 / 36.0), within(1e-6));
    double transposed = ((VariationalAffine) model.slots().get(2).layer()).op().fanIn();
    assertThat(sigma(model, "2.weight")).isCloseTo(Math.sqrt(2 / transposed), within(1e-6));
    assertThat(sigma(model, "3.weight_ih_l0")).isCloseTo(Math.sqrt(2 / 5.0), within(1e-6));
    assertThat(sigma(model, "3.weight_hh_l0")).isCloseTo(Math.sqrt(2 / 7.0), within(1e-6));
    assertThat(sigma(model, "4.weight")).isCloseTo(Math.sqrt(2), within(1e-6));
  }

  @Test
  void theFittedSigmaIsThatOfTheGreatestBound() {
    LinearReparameterization layer = new LinearReparameterization(6, 5, SPEC, INIT);
    VariationalParameter weight = layer.distributions().get("weight");
    weight.posterior().mu().assign(Noise.seeded(1).normals(5, 6));
    weight.setPrior(GaussianPrior.of(Noise.seeded(2).normals(5, 6), Samples.array(new long[0], 1)));
    Priors.fit(layer, 0, 1);
    GaussianPrior fitted = (GaussianPrior) weight.prior();
    double sigma = fitted.sigma().getDouble(0);
    double best = Kl.value(layer);
    for (double factor : new double[] {0.97, 1.03}) {
      weight.setPrior(GaussianPrior.of(fitted.mean(), Samples.array(new long[0], factor * sigma)));
      assertThat(Kl.value(layer)).isGreaterThan(best + 0.01);
    }
  }

  @Test
  void weightsThatWereSeenBeforeAreInTheMeanAndPrunedOnesAreNot() {
    LinearReparameterization layer =
        new LinearReparameterization(new AffineOp.Dense(2, 2, false), SPEC, INIT);
    VariationalParameter weight = layer.distributions().get("weight");
    weight.posterior().mu().assign(Samples.array(new long[] {2, 2}, 1, 2, 3, 4));
    weight.posterior().prune(Samples.array(new long[] {2, 2}, 1, 1, 1, 0));
    Priors.fit(layer, 5, 0.8);
    double spread = SPEC.initialSigma() * SPEC.initialSigma();
    double expected = (5 * 0.8 / 2 + 1 + 4 + 9 + 3 * spread) / 8;
    assertThat(sigma(layer, "weight")).isCloseTo(Math.sqrt(expected), within(1e-5));
    weight.posterior().prune(Samples.array(new long[] {2, 2}, 0, 0, 0, 0));
    Priors.fit(layer, 0, 1);
    assertThat(sigma(layer, "weight")).isCloseTo(Math.sqrt(expected), within(1e-5));
  }

  @Test
  void refusesPriorsWithoutASigmaAndChangesNothing() {
    VariationalSpec mixture = SPEC.withPrior(new ScaleMixturePrior(0.5, 1, 0.1));
    Layer model =
        Sequential.of(new LinearFlipout(3, 2, SPEC, INIT), new LinearFlipout(2, 2, mixture, INIT));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Priors.fit(model))
        .withMessageStartingWith("the prior of 1.weight must be Gaussian");
    assertThat(sigma(model, "0.weight")).isEqualTo(1);
    for (Runnable wrong :
        Arrays.<Runnable>asList(
            () -> Priors.byFanIn(Activation.RELU, 2), () -> Priors.fit(Activation.RELU))) {
      assertThatIllegalArgumentException()
          .isThrownBy(wrong::run)
          .withMessage("the model must have a Bayesian layer, and has none");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Priors.byFanIn(model, 0))
        .withMessageContaining("variance");
  }
}
