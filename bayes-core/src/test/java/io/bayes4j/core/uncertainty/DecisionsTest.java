package io.bayes4j.core.uncertainty;

import static io.bayes4j.core.uncertainty.Predictions.array;
import static io.bayes4j.core.uncertainty.Rejection.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Samples;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Whom to ask, what to have labelled, and what to do. */
class DecisionsTest {
  private static final int S = 4;
  private static final int N = 6;
  private static final int K = 3;

  private static INDArray draws() {
    INDArray rows = Samples.normals(7, S * N, K).muli(2);
    return Transforms.softmax(rows).castTo(DataType.FLOAT).reshape(S, N, K);
  }

  @Test
  void referralKeepsToTheCapacityAndToNoOrderOfEquals() {
    double[] uncertainty = {0.1, 0.9, 0.5, 0.5, Double.POSITIVE_INFINITY};
    assertThat(Referral.mostUncertain(uncertainty, 0)).containsOnly(false);
    assertThat(Referral.mostUncertain(uncertainty, 2))
        .containsExactly(false, true, false, false, true);
    // One of two equals would be a matter of their order.
    assertThat(Referral.mostUncertain(uncertainty, 3))
        .containsExactly(false, true, false, false, true);
    assertThat(Referral.mostUncertain(uncertainty, 4))
        .containsExactly(false, true, true, true, true);
    assertThat(Referral.mostUncertain(uncertainty, 5)).containsOnly(true);
    assertThat(Referral.mostUncertain(uncertainty, 99)).containsOnly(true);
    assertRejected(() -> Referral.mostUncertain(uncertainty, -1), "capacity must be >= 0, got -1");
  }

  @Test
  void limitOfAShareRefersThatManyOfTheHeldOut() {
    double[] uncertainty = new double[20];
    Arrays.setAll(uncertainty, i -> i * 7 % 20);
    for (double share : new double[] {0, 0.05, 0.15, 0.35, 1}) {
      double limit = Referral.limitForShare(uncertainty, share);
      assertThat(Arrays.stream(uncertainty).filter(u -> u > limit).count())
          .isEqualTo(Math.round(share * 20));
    }
  }

  @Test
  void acquisitionByHand() {
    // Two draws that agree about the first example, and are sure of opposites about the second.
    INDArray draws = array(new double[] {0.6, 0.4, 1, 0, 0.6, 0.4, 0, 1}, 2, 2, 2);
    double log2 = Math.log(2);
    double entropy = -0.6 * Math.log(0.6) - 0.4 * Math.log(0.4);
    assertThat(Acquisition.bald(draws)).containsExactly(new double[] {0, log2}, within(1e-7));
    assertThat(Acquisition.entropy(draws))
        .containsExactly(new double[] {entropy, log2}, within(1e-7));
    assertThat(Acquisition.leastConfidence(draws))
        .containsExactly(new double[] {0.4, 0.5}, within(1e-7));
    assertThat(Acquisition.margin(draws)).containsExactly(new double[] {0.8, 1}, within(1e-7));
    assertThat(Acquisition.variance(draws)).containsExactly(new double[] {0, 0.5}, within(1e-7));
    assertThat(Acquisition.margin(array(new double[] {1, 1}, 1, 2, 1))).containsOnly(0);
    assertThat(Acquisition.greatest(new double[] {1, 3, 2, 3}, 3)).containsExactly(1, 3, 2);
  }

  @Test
  void batchBaldIsGreedyInTheJointInformation() {
    INDArray draws = draws();
    int[] chosen = Acquisition.batchBald(draws, 4, 10_000, Noise.seeded(1));
    for (int step = 0; step < chosen.length; step++) {
      int[] before = Arrays.copyOf(chosen, step);
      double best = information(draws, with(before, chosen[step]));
      for (int i = 0; i < N; i++) {
        int other = i;
        if (Arrays.stream(before).noneMatch(j -> j == other)) {
          assertThat(information(draws, with(before, i))).isLessThanOrEqualTo(best + 1e-6);
        }
      }
    }
    assertThat(Acquisition.batchBald(draws, N, 10_000, Noise.seeded(1)))
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
  }

  private static int[] with(int[] some, int another) {
    int[] more = Arrays.copyOf(some, some.length + 1);
    more[some.length] = another;
    return more;
  }

  /** The mutual information of all labels together and the weights, from every configuration. */
  private static double information(INDArray draws, int... examples) {
    double information = 0;
    int configurations = (int) Math.pow(K, examples.length);
    for (int m = 0; m < configurations; m++) {
      double mean = 0;
      for (int s = 0; s < S; s++) {
        double p = 1;
        int rest = m;
        for (int example : examples) {
          p *= draws.getDouble(s, example, rest % K);
          rest /= K;
        }
        mean += p / S;
        information += p * Math.log(p) / S;
      }
      information -= mean * Math.log(mean);
    }
    return information;
  }

  @Test
  void drawnConfigurationsEstimateTheEntropyOfAll() {
    io.bayes4j.core.uncertainty.Samples samples =
        io.bayes4j.core.uncertainty.Samples.probabilities(draws());
    JointLabels exact = new JointLabels(samples, 10_000, Noise.seeded(1));
    JointLabels drawn = new JointLabels(samples, 20, Noise.seeded(1));
    JointLabels many = new JointLabels(samples, 242, Noise.seeded(1));
    for (int i = 0; i < 5; i++) {
      assertThat(drawn.entropyWith(i)).isCloseTo(exact.entropyWith(i), within(0.5));
      assertThat(many.entropyWith(i)).isCloseTo(exact.entropyWith(i), within(0.15));
      exact.add(i);
      drawn.add(i);
      many.add(i);
    }
  }

  @Test
  void batchBaldTakesOneOfTwins() {
    // Examples 0 and 1 are the same question; 2 is another, about which less is unknown.
    INDArray draws =
        array(
            new double[] {
              1, 0, 1, 0, 0.9, 0.1, //
              1, 0, 1, 0, 0.1, 0.9, //
              0, 1, 0, 1, 0.9, 0.1, //
              0, 1, 0, 1, 0.1, 0.9
            },
            4,
            3,
            2);
    assertThat(Acquisition.greatest(Acquisition.bald(draws), 2)).containsExactly(0, 1);
    assertThat(Acquisition.batchBald(draws, 2, 100, Noise.seeded(1))).containsExactly(0, 2);
    assertThat(Acquisition.batchBald(draws, 2, 1, Noise.seeded(1))).containsExactly(0, 2);
    assertRejected(
        () -> Acquisition.batchBald(draws, 4, 100, Noise.seeded(1)), "count must be in [0, 3]");
  }

  @Test
  void actionsByHand() {
    // The first action is better on average, the second never bad.
    INDArray rewards = array(new double[] {10, 2, 10, 3, 10, 2, -14, 1}, 4, 1, 2);
    assertThat(ActionRule.mean().choose(rewards)).containsExactly(0);
    assertThat(ActionRule.mean().values(rewards).toDoubleVector()).containsExactly(4, 2);
    assertThat(ActionRule.lowerBound(1).choose(rewards)).containsExactly(1);
    assertThat(ActionRule.lowerBound(1).values(rewards).getDouble(0))
        .isCloseTo(4 - Math.sqrt(108), within(1e-5));
    assertThat(ActionRule.lowerBound(-1).choose(rewards)).containsExactly(0);
    assertThat(ActionRule.quantile(0).values(rewards).toDoubleVector()).containsExactly(-14, 1);
    assertThat(ActionRule.cvar(0.25).values(rewards).toDoubleVector()).containsExactly(-14, 1);
    // The worst draw, and half of the next: (-14 + 5) / 1.5.
    assertThat(ActionRule.cvar(0.375).values(rewards).getDouble(0)).isCloseTo(-6, within(1e-6));
    assertThat(ActionRule.cvar(0.1).values(rewards).toDoubleVector()).containsExactly(-14, 1);
    assertThat(ActionRule.cvar(1).values(rewards)).isEqualTo(ActionRule.mean().values(rewards));
    assertRejected(() -> ActionRule.cvar(0), "share must be in (0, 1], got 0.0");
  }

  @Test
  void rewardsAreWorthByProbability() {
    INDArray draws = array(new double[] {0.25, 0.75, 1, 0}, 2, 1, 2);
    INDArray rewards = ActionRule.rewards(draws, new double[][] {{1, 0, 8}, {-3, 0, 4}});
    assertThat(rewards).isEqualTo(array(new double[] {-2, 0, 5, 1, 0, 8}, 2, 1, 3));
    assertRejected(
        () -> ActionRule.rewards(draws, new double[][] {{1}}),
        "worth must have a row for each class (2) and an action or more, got 1 rows");
    assertRejected(
        () -> ActionRule.rewards(draws, new double[][] {{1, 2}, {1}}),
        "worth must have rows of 2 finite numbers, got [1.0]");
  }
}
