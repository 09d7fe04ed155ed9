package io.bayes4j.core.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PruningTest {
  private static final long[] SHAPE = {2, 3};
  private static final Noise NOISE = Noise.seeded(11);
  private static final INDArray KEPT = Nd4j.createFromArray(new float[][] {{1, 0, 1}, {0, 0, 1}});

  private static final INDArray MU = Samples.normals(1, SHAPE);
  private static final INDArray RHO = Samples.normals(2, SHAPE);

  private final GaussianPosterior whole = GaussianPosterior.ofRho(MU, RHO);
  private final GaussianPosterior pruned = GaussianPosterior.ofRho(MU, RHO);

  PruningTest() {
    pruned.prune(KEPT);
  }

  static Stream<Prior> priors() {
    return Stream.of(
        GaussianPrior.of(0.2, 0.7),
        GaussianPrior.of(Samples.normals(3, SHAPE), Nd4j.scalar(0.5f)),
        GaussianPrior.of(Samples.normals(3, SHAPE), Samples.positive(4, SHAPE)),
        new ScaleMixturePrior(0.5, 1, 0.1));
  }

  private static void assertMasked(INDArray pruned, INDArray whole) {
    // Adding zero takes its sign from a zero.
    assertThat(Doubles.of(pruned.add(0))).isEqualTo(Doubles.of(whole.mul(KEPT).addi(0)));
  }

  @Test
  void prunedElementsAreZeroHoweverTheyAreRead() {
    assertMasked(pruned.mean().value(), whole.mean().value());
    assertMasked(pruned.mu().value(), whole.mu().value());
    assertMasked(pruned.sample(NOISE).value(), whole.sample(NOISE).value());
    assertMasked(pruned.perturbation(NOISE).value(), whole.perturbation(NOISE).value());
    assertMasked(pruned.standardDeviation().value(), whole.standardDeviation().value());
    assertMasked(pruned.sigma(), whole.sigma());
  }

  @Test
  void noGradientReachesThem() {
    Var loss = Ops.sum(Ops.exp(pruned.sample(NOISE)));
    Var others = Ops.sum(Ops.exp(whole.sample(NOISE)));
    assertMasked(gradient(loss, pruned.mu()), gradient(others, whole.mu()));
    assertMasked(gradient(loss, pruned.rho()), gradient(others, whole.rho()));
  }

  private static INDArray gradient(Var loss, Parameter parameter) {
    return Gradients.of(loss).get(parameter);
  }

  @ParameterizedTest
  @MethodSource("priors")
  void theyAreNoPartOfADivergence(Prior prior) {
    Var all = prior.kl(whole, NOISE);
    Var some = prior.kl(pruned, NOISE);
    assertThat(some.item()).isLessThan(all.item()).isPositive();
    for (Parameter parameter : new Parameter[] {pruned.mu(), pruned.rho()}) {
      double[] g = Doubles.of(gradient(some, parameter));
      for (int i : new int[] {1, 3, 4}) {
        assertThat(g[i]).isZero();
      }
      assertThat(g[0]).isNotZero();
    }
    GradientCheck.of(() -> prior.kl(pruned, NOISE)).run(pruned.mu().var(), pruned.rho().var());
  }

  @Test
  void theDivergenceIsThatOfWhatIsLeft() {
    Prior prior = GaussianPrior.of(0, 1);
    double expected = 0;
    for (int i : new int[] {0, 2, 5}) {
      double sigma = NumericKl.softplus(RHO.getDouble(i / 3, i % 3));
      double mu = MU.getDouble(i / 3, i % 3);
      expected += -Math.log(sigma) + (sigma * sigma + mu * mu - 1) / 2;
    }
    assertThat(prior.kl(pruned, NOISE).item()).isCloseTo(expected, within(1e-5));
  }

  @ParameterizedTest
  @MethodSource("priors")
  void nothingLeftHasNoDivergence(Prior prior) {
    pruned.prune(Nd4j.zeros(SHAPE).castTo(KEPT.dataType()));
    assertThat(prior.kl(pruned, NOISE).item()).isZero();
  }

  @Test
  void whatIsKeptAgainIsFree() {
    assertThat(pruned.kept()).hasValue(KEPT);
    pruned.keepAll();
    assertThat(pruned.kept()).isEmpty();
    assertThat(pruned.mean().value()).isSameAs(pruned.mu().value());
    assertThat(pruned.mu().value()).isEqualTo(MU.mul(KEPT));
    whole.prune(Nd4j.onesLike(KEPT));
    assertThat(whole.kept()).isEmpty();
  }

  @Test
  void prunedElementsBecomeAPriorThatNobodyAsks() {
    Prior prior = pruned.asPrior();
    assertThat(prior.kl(pruned, NOISE).item()).isCloseTo(0, within(1e-5));
  }

  @Test
  void aMaskThatIsNoneIsRefusedAndChangesNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> whole.prune(Nd4j.onesLike(MU).muli(0.5)))
        .withMessageContaining("kept must be 0 or 1, got 0.5 at element 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> whole.prune(KEPT.reshape(3, 2)))
        .withMessageContaining("kept must have shape [2, 3], got [3, 2]");
    assertThat(whole.kept()).isEmpty();
    assertThat(whole.mu().value()).isEqualTo(MU);
  }
}
