package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepSearchTest {
  private static final ModelState START =
      new ModelState(new float[] {1, -1}, new float[] {0.3f, 0.3f}, new float[] {7});
  private static final ModelState MERGED =
      new ModelState(new float[] {1.5f, -1}, new float[] {0.1f, 0.2f}, new float[] {8});

  /** How far a state lies from the start, in steps of what was merged. */
  private static double steps(ModelState state) {
    return (state.mean()[0] - 1) / 0.5;
  }

  private static double found(ToDoubleFunction<ModelState> loss) {
    ModelState state = StepSearch.farthest(START, MERGED, loss);
    assertThat(state.mean()[1]).isEqualTo(-1);
    assertThat(state.sigma()).containsExactly(0.1f, 0.2f);
    assertThat(state.others()).containsExactly(8);
    return steps(state);
  }

  @ParameterizedTest
  @CsvSource({"-3, 1", "1, 1", "1.4, 1", "1.6, 2", "2.9, 2", "3.1, 4", "7, 8", "13, 16", "99, 16"})
  void endsWhereTheLossDoesNotFallAnyMore(double bottom, double steps) {
    assertThat(found(state -> Math.pow(steps(state) - bottom, 2))).isEqualTo(steps);
  }

  @Test
  void whatIsNoNumberIsNoBetter() {
    assertThat(found(state -> steps(state) > 3 ? Double.NaN : -steps(state))).isEqualTo(2);
    assertThat(found(state -> Double.NaN)).isEqualTo(1);
    assertThat(found(state -> 4)).isEqualTo(1);
  }

  @Test
  void asksForAsFewLossesAsItCan() {
    List<Double> asked = new ArrayList<>();
    found(
        state -> {
          asked.add(steps(state));
          return Math.abs(steps(state) - 2);
        });
    assertThat(asked).containsExactly(1.0, 2.0, 4.0);
  }

  /** What means change of a divergence between Gaussians. */
  @Test
  void thePullOfThePriorIsTheMeansShareOfTheDivergence() {
    float[] prior = {0.2f, -0.4f};
    float[] spread = {1, 0.5f};
    Merger merger = new Merger(Merging.CURVATURE, 0.5, Gaussians.of(prior, spread), 2);
    double expected = divergence(MERGED, prior, spread) - divergence(farther(), prior, spread);
    assertThat(merger.pull(MERGED) - merger.pull(farther())).isCloseTo(expected, within(1e-5));
  }

  private static ModelState farther() {
    return MERGED.beyond(START, 4);
  }

  private static double divergence(ModelState state, float[] mean, float[] sigma) {
    GaussianPosterior q =
        GaussianPosterior.ofSigma(Detached.of(state.mean(), 2), Detached.of(state.sigma(), 2));
    GaussianPrior prior = GaussianPrior.of(Detached.of(mean, 2), Detached.of(sigma, 2));
    return prior.kl(q, Noise.seeded(1)).value().getDouble(0);
  }
}
