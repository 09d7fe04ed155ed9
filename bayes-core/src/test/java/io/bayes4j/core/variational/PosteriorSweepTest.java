package io.bayes4j.core.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class PosteriorSweepTest {
  private static final Noise NOISE = Noise.seeded(11);
  private static final Prior STANDARD = GaussianPrior.of(0.2, 0.7);
  private static final Prior MIXTURE = new ScaleMixturePrior(0.5, 1, 0.1);

  /** Lengths around that of a chunk, of one element, and of several chunks. */
  private final List<GaussianPosterior> posteriors =
      List.of(posterior(1, 1), posterior(2, 3, 5), posterior(3, 4096), posterior(4, 3, 5000));

  private static GaussianPosterior posterior(long seed, long... shape) {
    return GaussianPosterior.ofRho(
        Samples.normals(seed, shape), Samples.normals(seed + 100, shape).subi(2));
  }

  private static INDArray firstPruned(long... shape) {
    INDArray kept = Samples.normals(1, shape).assign(1);
    kept.putScalar(0, 0);
    return kept;
  }

  /** A draw, a perturbation and two divergences of each posterior. */
  private List<Var> all() {
    List<Var> all = new ArrayList<>();
    for (GaussianPosterior q : posteriors) {
      all.add(q.sample(NOISE.split(1)));
      all.add(STANDARD.kl(q, NOISE));
      all.add(q.perturbation(NOISE.split(2)));
      all.add(MIXTURE.kl(q, NOISE.split(3)));
    }
    return all;
  }

  private static List<INDArray> values(List<Var> vars) {
    return vars.stream().map(Var::value).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void givesTheBitsOfSeparateDrawsAndDivergences(int threads) {
    List<INDArray> separate = values(all());
    int before = Parallel.threads();
    Parallel.setThreads(threads);
    try {
      assertThat(values(PosteriorSweep.of(this::all))).isEqualTo(separate);
    } finally {
      Parallel.setThreads(before);
    }
  }

  @Test
  void aPrunedPosteriorHasItsValuesToo() {
    posteriors.get(1).prune(firstPruned(3, 5));
    assertThat(values(PosteriorSweep.of(this::all))).isEqualTo(values(all()));
  }

  @Test
  void whatIsAskedForNowIsThereInsideOfASweep() {
    GaussianPosterior q = posteriors.get(1);
    GaussianPrior prior = GaussianPrior.of(0.1, 0.7);
    double expected = prior.kl(q, NOISE).item();
    double found = PosteriorSweep.of(() -> PosteriorSweep.now(() -> prior.kl(q, NOISE)).item());
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void theOuterOfNestedSweepsComputes() {
    GaussianPosterior q = posteriors.get(1);
    INDArray draw = q.sample(NOISE).value();
    Var nested =
        PosteriorSweep.of(
            () -> {
              Var inner = PosteriorSweep.of(() -> q.sample(NOISE));
              q.mu().value().addi(1);
              return inner;
            });
    assertThat(nested.value()).isNotEqualTo(draw).isEqualTo(q.sample(NOISE).value());
  }

  @Test
  void isOverWhenTheWorkFails() {
    GaussianPosterior q = posteriors.get(1);
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                PosteriorSweep.of(
                    () -> {
                      throw new IllegalStateException("no");
                    }));
    assertThat(Doubles.of(q.sample(NOISE).value())).isNotEqualTo(new double[15]);
  }

  /** Uses of mu and rho by several draws, divergences and operations of other kinds. */
  private static Var mixed(GaussianPosterior q, Var c) {
    Var first = Ops.mul(q.sample(NOISE.split(1)), c);
    Var second = Ops.square(q.sample(NOISE.split(2)));
    Var third = Ops.square(q.perturbation(NOISE.split(3)));
    Var mean = Ops.mul(q.mean(), c);
    Var spread = Ops.square(q.standardDeviation());
    Var sum = List.of(first, second, third, mean, spread).stream().reduce(Ops::add).orElseThrow();
    Var kl = Ops.add(STANDARD.kl(q, NOISE), Ops.scale(STANDARD.kl(q, NOISE), 0.3));
    return Ops.add(Ops.sum(sum), Ops.add(kl, MIXTURE.kl(q, NOISE)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void allContributionsToAGradientAreAddedUp(boolean pruned) {
    GaussianPosterior q = posteriors.get(1);
    if (pruned) {
      q.prune(firstPruned(3, 5));
    }
    Var c = Var.constant(Samples.normals(9, 3, 5));
    GradientCheck.of(() -> mixed(q, c)).run(q.mu().var(), q.rho().var());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void gradientsHaveTheSameBitsForAnyNumberOfThreads(int threads) {
    GaussianPosterior q = posteriors.get(3);
    Var c = Var.constant(Samples.normals(9, 3, 5000));
    Gradients expected = Gradients.of(mixed(q, c));
    int before = Parallel.threads();
    Parallel.setThreads(threads);
    try {
      Gradients gradients = Gradients.of(mixed(q, c));
      assertThat(gradients.get(q.mu())).isEqualTo(expected.get(q.mu()));
      assertThat(gradients.get(q.rho())).isEqualTo(expected.get(q.rho()));
    } finally {
      Parallel.setThreads(before);
    }
  }

  @Test
  void aGradientThatTwoLeavesShareIsLeftAlone() {
    GaussianPosterior q = posteriors.get(1);
    Var other = Var.leaf(Samples.normals(5, 3, 5));
    Var sum = Ops.add(q.mean(), other);
    Var loss = Ops.add(Ops.sum(sum), STANDARD.kl(q, NOISE));
    Gradients gradients = Gradients.of(loss);
    double[] ones = new double[15];
    Arrays.fill(ones, 1);
    assertThat(Doubles.of(gradients.get(other))).isEqualTo(ones);
    assertThat(Doubles.of(gradients.get(q.mu()))).isNotEqualTo(ones);
  }

  @Test
  void whatIsNotTrainedGetsNoGradient() {
    GaussianPosterior q = posteriors.get(1);
    Var c = Var.constant(Samples.normals(9, 3, 5));
    INDArray byRho = Gradients.of(mixed(q, c)).get(q.rho()).dup();
    q.mu().setTrainable(false);
    Gradients gradients = Gradients.of(mixed(q, c));
    assertThat(gradients.reaches(q.mu().var())).isFalse();
    assertThat(gradients.get(q.rho())).isEqualTo(byRho);
  }
}
