package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GuaranteedRefusalTest {
  /** An answer is wrong with a probability that is half its uncertainty squared. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Data(double[] uncertainty, boolean[] correct) {
    static Data of(int n, Noise noise) {
      float[] u = new float[2 * n];
      noise.uniforms(u, 0, u.length, 0);
      double[] uncertainty = new double[n];
      boolean[] correct = new boolean[n];
      for (int i = 0; i < n; i++) {
        uncertainty[i] = u[i];
        correct[i] = u[n + i] >= 0.5 * u[i] * u[i];
      }
      return new Data(uncertainty, correct);
    }
  }

  /** Errors among answers below a limit t: the mean of u^2 / 2 over [0, t]. */
  private static double trueRisk(double limit) {
    double t = Math.max(0, Math.min(1, limit));
    return t * t / 6;
  }

  @Test
  void theBoundIsClopperAndPearsons() {
    // scipy.stats.beta.ppf(1 - failure, errors + 1, answers - errors)
    assertThat(GuaranteedRefusal.upperBound(0, 10, 0.05)).isCloseTo(0.258866, within(1e-6));
    assertThat(GuaranteedRefusal.upperBound(3, 10, 0.05)).isCloseTo(0.606624, within(1e-6));
    assertThat(GuaranteedRefusal.upperBound(5, 1000, 0.01)).isCloseTo(0.013055, within(1e-6));
    assertThat(GuaranteedRefusal.upperBound(4, 4, 0.05)).isEqualTo(1);
  }

  @Test
  void thePromiseOnAnswersIsBrokenAtMostAsOftenAsItSays() {
    int broken = 0;
    double coverage = 0;
    int repetitions = 200;
    for (int r = 0; r < repetitions; r++) {
      Data held = Data.of(1000, Noise.seeded(3).split(r));
      GuaranteedRefusal refusal =
          GuaranteedRefusal.wrongAnswersAtMost(0.05, 0.9, held.uncertainty, held.correct);
      broken += trueRisk(refusal.limit()) > 0.05 ? 1 : 0;
      coverage += refusal.coverage() / repetitions;
    }
    // 20 in the mean at worst; 40 is five standard errors above.
    assertThat(broken).isLessThan(40);
    // The limit would be 0.548 for one who knows the truth.
    assertThat(coverage).isBetween(0.3, 0.548);
  }

  @Test
  void thePromiseOnExamplesHoldsInExpectationAndIsNotTooCareful() {
    double sum = 0;
    int repetitions = 400;
    for (int r = 0; r < repetitions; r++) {
      Data held = Data.of(200, Noise.seeded(4).split(r));
      GuaranteedRefusal refusal =
          GuaranteedRefusal.wrongExamplesAtMost(0.05, held.uncertainty, held.correct);
      double t = Math.min(1, refusal.limit());
      sum += t * t * t / 6 / repetitions;
    }
    // Between risk - 2 / (n + 1) and risk (Angelopoulos et al., theorem 2), five standard errors.
    assertThat(sum).isBetween(0.05 - 2 / 201.0 - 0.004, 0.05 + 0.004);
  }

  @Test
  void equalUncertaintiesAreAnsweredTogetherOrNotAtAll() {
    double[] same = new double[100];
    boolean[] right = new boolean[100];
    Arrays.fill(right, true);
    GuaranteedRefusal all = GuaranteedRefusal.wrongExamplesAtMost(0.05, same, right);
    assertThat(all.coverage()).isEqualTo(1);
    assertThat(all.answers(1e9)).isTrue();
    Arrays.fill(right, 0, 10, false);
    GuaranteedRefusal none = GuaranteedRefusal.wrongExamplesAtMost(0.05, same, right);
    assertThat(none.coverage()).isZero();
    assertThat(none.limit()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(none.answers(-1e9)).isFalse();
  }

  @Test
  void fewExamplesPromiseNothing() {
    GuaranteedRefusal refusal =
        GuaranteedRefusal.wrongAnswersAtMost(
            0.01, 0.95, new double[] {1, 2, 3}, new boolean[] {true, true, true});
    assertThat(refusal.coverage()).isZero();
    assertThat(
            GuaranteedRefusal.wrongExamplesAtMost(0.01, new double[] {1}, new boolean[] {true})
                .coverage())
        .isZero();
  }

  @Test
  void badInputIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                GuaranteedRefusal.wrongExamplesAtMost(
                    0.1, new double[] {1, Double.NaN}, new boolean[2]))
        .withMessage("uncertainty[1] must be a number, got NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> GuaranteedRefusal.wrongAnswersAtMost(0.1, 0.9, new double[2], new boolean[3]))
        .withMessage("correct must be one per example (2), got 3");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> GuaranteedRefusal.wrongAnswersAtMost(0.1, 1, new double[2], new boolean[2]))
        .withMessageContaining("confidence");
  }

  @Test
  void aStreamThatShiftsKeepsItsRateOfMisses() {
    OnlineConformal online = new OnlineConformal(0.1, 0.05, 200);
    assertThat(online.threshold()).isEqualTo(Double.POSITIVE_INFINITY);
    int steps = 4000;
    float[] scores = new float[steps];
    Noise.seeded(1).normals(scores, 0, steps, 0);
    for (int t = 0; t < steps; t++) {
      // Twice the noise, and drifting away, from the middle on.
      online.observe(t < steps / 2 ? Math.abs(scores[t]) : Math.abs(2 * scores[t]) + t / 1000.0);
    }
    // Gibbs and Candès, proposition 4.1.
    assertThat(online.missRate()).isCloseTo(0.1, within((0.9 + 0.05) / (0.05 * steps)));
  }
}
