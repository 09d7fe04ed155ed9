package io.bayes4j.core.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class DensityPriorTest {
  private static final Noise NOISE = Noise.seeded(5);

  /** A prior by any density. */
  private static final class Own extends DensityPrior {
    private final UnaryOperator<Var> logDensity;

    Own(UnaryOperator<Var> logDensity) {
      this.logDensity = logDensity;
    }

    @Override
    protected Var logDensity(Var weights) {
      return logDensity.apply(weights);
    }

    @Override
    public String kind() {
      return "own";
    }

    @Override
    public Map<String, INDArray> numbers() {
      return Map.of("one", Detached.scalar(1));
    }

    @Override
    public Prior withNumbers(Map<String, INDArray> numbers) {
      return this;
    }
  }

  /** Student's t with 3 degrees of freedom. */
  private static Var student(Var w) {
    Var log = Ops.log(Ops.shift(Ops.scale(Ops.square(w), 1.0 / 3), 1));
    return Ops.shift(Ops.scale(log, -2), Math.log(2 / (Math.PI * Math.sqrt(3))));
  }

  private static double studentLog(double w) {
    return -2 * Math.log1p(w * w / 3) + Math.log(2 / (Math.PI * Math.sqrt(3)));
  }

  private static Var standardNormal(Var w) {
    return Ops.shift(Ops.scale(Ops.square(w), -0.5), -0.5 * Math.log(2 * Math.PI));
  }

  @Test
  void theMeanOfManyDrawsIsTheDivergence() {
    double mu = 0.7;
    double rho = -0.5;
    double expected = NumericKl.of(mu, NumericKl.softplus(rho), DensityPriorTest::studentLog);
    GaussianPosterior q = GaussianPosterior.ofRho(Samples.normals(1, 400).assign(mu), rho);
    DensityPrior prior = new Own(DensityPriorTest::student);
    int draws = 60;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      double kl = prior.kl(q, NOISE.split(i)).item() / 400;
      sum += kl;
      squares += kl * kl;
    }
    double mean = sum / draws;
    double error = Math.sqrt((squares - draws * mean * mean) / (draws - 1) / draws);
    assertThat(mean).isCloseTo(expected, within(4 * error));
    assertThat(error).isLessThan(0.02 * expected);
  }

  @Test
  void gradientsGoThroughTheDraw() {
    GaussianPosterior q =
        GaussianPosterior.ofRho(Samples.normals(1, 3, 4), Samples.normals(2, 3, 4));
    DensityPrior prior = new Own(DensityPriorTest::student);
    GradientCheck.of(() -> prior.kl(q, NOISE)).step(5e-3).run(q.mean(), q.rho().var());
  }

  @Test
  void agreesWithTheAnalyticDivergenceOnAverage() {
    GaussianPosterior q =
        GaussianPosterior.ofRho(Samples.normals(1, 50, 40), Samples.normals(2, 50, 40).sub(2));
    double expected = GaussianPrior.of(0, 1).kl(q, NOISE).item();
    DensityPrior prior = new Own(DensityPriorTest::standardNormal);
    double sum = 0;
    for (int i = 0; i < 40; i++) {
      sum += prior.kl(q, NOISE.split(i)).item();
    }
    assertThat(sum / 40).isCloseTo(expected, within(0.01 * expected));
  }

  @Test
  void staysFiniteForSpreadsThatNoFloatHolds() {
    GaussianPosterior q =
        GaussianPosterior.ofRho(
            Samples.array(new long[] {3}, 0, 0.1f, 5),
            Samples.array(new long[] {3}, -110, -200, 60));
    Var kl = new Own(DensityPriorTest::student).kl(q, NOISE);
    assertThat(kl.item()).isFinite();
    for (double g : Doubles.of(Gradients.of(kl).get(q.rho()))) {
      assertThat(g).isFinite();
    }
  }

  @Test
  void prunedElementsCostNothing() {
    GaussianPosterior q = GaussianPosterior.ofRho(Samples.normals(1, 2, 3), -1);
    q.prune(Samples.array(new long[] {2, 3}, 1, 0, 1, 0, 0, 1));
    // A density that is infinite at zero: pruned weights must not reach it.
    DensityPrior prior = new Own(w -> Ops.scale(Ops.log(Ops.square(w)), -0.25));
    Var kl = prior.kl(q, NOISE);
    assertThat(kl.item()).isFinite();
    double[] g = Doubles.of(Gradients.of(kl).get(q.mu()));
    assertThat(g[1]).isZero();
    assertThat(g[0]).isNotZero().isFinite();
  }

  @Test
  void isComputedAtOnceInsideASweep() {
    GaussianPosterior q = GaussianPosterior.ofRho(Samples.normals(1, 5), -1);
    DensityPrior prior = new Own(DensityPriorTest::student);
    double expected = prior.kl(q, NOISE).item();
    assertThat(PosteriorSweep.of(() -> prior.kl(q, NOISE)).item()).isEqualTo(expected);
  }

  @Test
  void theDensityMustHaveANumberForEachWeight() {
    GaussianPosterior q = GaussianPosterior.ofRho(Samples.normals(1, 5), -1);
    assertThatIllegalStateException()
        .isThrownBy(() -> new Own(Ops::sum).kl(q, NOISE))
        .withMessageContaining("5 numbers");
    assertThatIllegalStateException()
        .isThrownBy(() -> new Own(w -> null).kl(q, NOISE))
        .withMessageContaining("5 numbers");
  }
}
