package io.bayes4j.core.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpikeAndSlabPriorTest {
  private static final SpikeAndSlabPrior PRIOR = SpikeAndSlabPrior.of(0.2, 1.5, 0.05);

  private static double density(double w) {
    return Math.exp(PRIOR.logDensity(Var.constant(Samples.array(new long[] {1}, w))).item());
  }

  /** By the formulas of both densities, in Python. */
  @ParameterizedTest
  @CsvSource({"0.1, 0.1272989", "-0.4, -2.9184389", "1, -3.1560634", "-4, -6.4893971"})
  void theDensityIsThatOfTheMixture(double w, double expected) {
    assertThat(Math.log(density(w))).isCloseTo(expected, within(1e-4));
  }

  @Test
  void integratesToOneAndHasTheVariance() {
    double step = 1e-3;
    double mass = 0;
    double squares = 0;
    for (double w = -12 + step / 2; w < 12; w += step) {
      double p = Math.exp(logOf(w));
      mass += p * step;
      squares += p * w * w * step;
    }
    assertThat(mass).isCloseTo(1, within(2e-3));
    assertThat(squares).isCloseTo(PRIOR.variance(), within(1e-3));
  }

  private static double logOf(double w) {
    double slab = 0.2 * Math.exp(-0.5 * w * w / 2.25) / (1.5 * Math.sqrt(2 * Math.PI));
    // What the class says of the slab's share gives the whole density.
    return Math.log(slab / PRIOR.slabProbability(w));
  }

  @Test
  void theDivergenceHasTheRightGradientAndMean() {
    GaussianPosterior posterior =
        GaussianPosterior.ofRho(Samples.array(new long[] {5}, 0.3, -0.02, 0, 1.4, -0.7), -1.5);
    GradientCheck.of(() -> PRIOR.kl(posterior, Noise.seeded(3)))
        .run(posterior.mu().var(), posterior.rho().var());
    int draws = 4000;
    double mean = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      double kl = PRIOR.kl(posterior, Noise.seeded(9).split(i)).item();
      mean += kl / draws;
      squares += kl * kl / draws;
    }
    double error = Math.sqrt((squares - mean * mean) / draws);
    assertThat(error).isLessThan(0.1);
    assertThat(mean).isCloseTo(integrated(posterior), within(4 * error));
  }

  /** KL by a sum over a grid. */
  private static double integrated(GaussianPosterior posterior) {
    double[] mu = posterior.mu().value().toDoubleVector();
    double sigma = Math.log1p(Math.exp(-1.5));
    double kl = 0;
    for (double mean : mu) {
      double step = sigma / 200;
      for (double z = -8; z < 8; z += 0.005) {
        double q = Math.exp(-0.5 * z * z) / (sigma * Math.sqrt(2 * Math.PI));
        kl += q * step * (Math.log(q) - logOf(mean + z * sigma));
      }
    }
    return kl;
  }

  @Test
  void pullsSmallWeightsToZeroAndLeavesLargeOnes() {
    assertThat(PRIOR.slabProbability(0)).isLessThan(0.01);
    assertThat(PRIOR.slabProbability(1)).isGreaterThan(0.99);
  }

  @Test
  void isMadeOfItsNumbers() {
    SpikeAndSlabPrior other = SpikeAndSlabPrior.of(0.5, 1, 0.1).withNumbers(PRIOR.numbers());
    assertThat(other.numbers()).isEqualTo(PRIOR.numbers());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PRIOR.withNumbers(Map.of("slab", Detached.scalar(1))))
        .withMessageContaining("numbers must be slab, slab_sigma and spike_scale");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpikeAndSlabPrior.of(1, 1, 0.1))
        .withMessage("slab must be in (0, 1), got 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpikeAndSlabPrior.of(0.5, 0.1, 1))
        .withMessageContaining("spikeScale must be below slabSigma");
  }
}
