package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Samples;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ConformalTest {
  private static final int CLASSES = 5;
  private static final Offset<Double> CLOSE = within(1e-6);

  /** The 90th of 99 is what MAPIE 1.6 takes, too; 10 scores have no 10th of 11. */
  @ParameterizedTest
  @CsvSource({
    "99, 0.1, 90",
    "9, 0.1, 9",
    "10, 0.1, 10",
    "8, 0.1, 9",
    "19, 0.35, 13",
    "999, 0.05, 950",
    "1, 0.5, 1",
    "0, 0.5, 1",
    "99, 0.3, 70"
  })
  void theRankIsExactInDecimals(int n, double alpha, long rank) {
    assertThat(ConformalQuantile.rank(n, alpha)).isEqualTo(rank);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.1, 0.05, 0.01, 0.3, 1e-4, 0.999})
  void theFewestScoresAreTheFewestThatHaveAQuantile(double alpha) {
    long fewest = ConformalQuantile.fewest(alpha);
    assertThat(ConformalQuantile.rank(fewest, alpha)).isLessThanOrEqualTo(fewest);
    assertThat(ConformalQuantile.rank(fewest - 1, alpha)).isGreaterThan(fewest - 1);
  }

  @Test
  void scoresAreThoseOfTheDefinitions() {
    float[] p = {0.2f, 0.5f, 0.3f};
    assertThat(ConformalScore.lac().of(p)).containsExactly(new double[] {0.8, 0.5, 0.7}, CLOSE);
    double[] aps = ConformalScore.aps(1).of(p);
    double share = aps[1] / 0.5;
    assertThat(share).isBetween(0.0, 1.0);
    assertThat(aps)
        .containsExactly(new double[] {0.8 + 0.2 * share, 0.5 * share, 0.5 + 0.3 * share}, CLOSE);
    double[] raps = ConformalScore.raps(0.25, 1, 1).of(p);
    assertThat(raps).containsExactly(new double[] {aps[0] + 0.5, aps[1], aps[2] + 0.25}, CLOSE);
    assertThat(ConformalScore.aps(1).of(p)).as("the same question").isEqualTo(aps);
    assertThat(ConformalScore.aps(2).of(p)).as("another seed").isNotEqualTo(aps);
    double[] tied = ConformalScore.aps(1).of(new float[] {0.4f, 0.4f, 0.2f});
    assertThat(tied[0]).isLessThan(0.4 + 1e-6);
    assertThat(tied[1]).isGreaterThan(0.4 - 1e-6);
  }

  /** Labels drawn from known probabilities; the model sees them sharpened, so that it is wrong. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Data(INDArray probabilities, int[] labels) {
    static Data of(int n, Noise noise) {
      float[] logits = new float[n * CLASSES];
      noise.split("logits").normals(logits, 0, logits.length, 0);
      float[] uniforms = new float[n];
      noise.split("labels").uniforms(uniforms, 0, n, 0);
      double[] shown = new double[logits.length];
      int[] labels = new int[n];
      for (int i = 0; i < n; i++) {
        double[] truth = softmax(logits, i * CLASSES, 1.5);
        double[] sharp = softmax(logits, i * CLASSES, 3);
        System.arraycopy(sharp, 0, shown, i * CLASSES, CLASSES);
        double sum = truth[0];
        while (uniforms[i] > sum && labels[i] < CLASSES - 1) {
          sum += truth[++labels[i]];
        }
      }
      return new Data(Samples.array(new long[] {n, CLASSES}, shown), labels);
    }

    private static double[] softmax(float[] logits, int from, double factor) {
      double[] p = new double[CLASSES];
      for (int k = 0; k < CLASSES; k++) {
        p[k] = Math.exp(factor * logits[from + k]);
      }
      double sum = Arrays.stream(p).sum();
      return Arrays.stream(p).map(v -> v / sum).toArray();
    }
  }

  @Test
  void setsOfClassesAndGroupsHoldTheirPromiseInEach() {
    Data held = Data.of(4000, Noise.seeded(1));
    Data later = Data.of(4000, Noise.seeded(2));
    ConformalClassifier classes =
        ConformalClassifier.calibrateForClasses(
            ConformalScore.lac(), 0.1, held.probabilities, held.labels);
    assertThat(classes.thresholds()).hasSize(CLASSES);
    for (double coverage : classes.sets(later.probabilities).coverageOfClasses(later.labels)) {
      // About 800 examples a class, calibration and test: a standard error of 0.015.
      assertThat(coverage).isCloseTo(0.9, within(0.06));
    }
    // Group 1 sees the labels of a coin: only wide sets cover them.
    int[] groups = new int[4000];
    Arrays.setAll(groups, i -> i % 2);
    int[] coins = later.labels.clone();
    int[] heldCoins = held.labels.clone();
    for (int i = 1; i < 4000; i += 2) {
      coins[i] = i / 2 % CLASSES;
      heldCoins[i] = (i / 2 + 1) % CLASSES;
    }
    ConformalClassifier mondrian =
        ConformalClassifier.calibrateForGroups(
            ConformalScore.aps(1), 0.1, held.probabilities, heldCoins, groups, 2);
    PredictionSets sets = mondrian.sets(later.probabilities, groups);
    for (int group = 0; group < 2; group++) {
      int covered = 0;
      for (int i = group; i < 4000; i += 2) {
        covered += sets.contains(i, coins[i]) ? 1 : 0;
      }
      assertThat(covered / 2000.0).isCloseTo(0.9, within(0.05));
    }
    assertThat(mondrian.thresholds()[1]).isGreaterThan(mondrian.thresholds()[0]);
    assertThatIllegalStateException()
        .isThrownBy(() -> mondrian.sets(later.probabilities))
        .withMessageContaining("by group");
  }

  @Test
  void tooFewExamplesRuleNothingOut() {
    Data held = Data.of(8, Noise.seeded(1));
    ConformalClassifier conformal =
        ConformalClassifier.calibrate(ConformalScore.lac(), 0.1, held.probabilities, held.labels);
    assertThat(conformal.thresholds()).containsExactly(Double.POSITIVE_INFINITY);
    assertThat(conformal.sets(held.probabilities).meanSize()).isEqualTo(CLASSES);
  }

  @Test
  void limitsThatWereKeptGiveTheSameSets() {
    Data data = Data.of(200, Noise.seeded(1));
    ConformalScore score = ConformalScore.aps(1);
    for (ConformalClassifier fitted :
        List.of(
            ConformalClassifier.calibrate(score, 0.1, data.probabilities, data.labels),
            ConformalClassifier.calibrateForClasses(score, 0.1, data.probabilities, data.labels))) {
      ConformalClassifier kept =
          ConformalClassifier.ofThresholds(score, CLASSES, fitted.thresholds());
      assertThat(kept.thresholds()).isEqualTo(fitted.thresholds());
      assertThat(kept.sets(data.probabilities).sizes())
          .isEqualTo(fitted.sets(data.probabilities).sizes());
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConformalClassifier.ofThresholds(score, CLASSES, 0.5, 0.6))
        .withMessageContaining("thresholds must be one, or one for each of");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConformalClassifier.ofThresholds(score, CLASSES, Double.NaN))
        .withMessage("thresholds must be >= 0, got NaN");
  }

  @Test
  void setsTellWhatIsInThem() {
    PredictionSets sets =
        new PredictionSets(new boolean[][] {{true, false, true}, {false, false, false}});
    assertThat(sets.labels(0)).containsExactly(0, 2);
    assertThat(sets.sizes()).containsExactly(2, 0);
    assertThat(sets.meanSize()).isEqualTo(1);
    assertThat(sets.coverage(new int[] {2, 1})).isEqualTo(0.5);
    assertThat(sets.coverageOfClasses(new int[] {2, 2}))
        .containsExactly(Double.NaN, Double.NaN, 0.5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sets.contains(2, 0))
        .withMessage("example must be in [0, 2), got 2");
  }

  @Test
  void badInputIsNamed() {
    Data data = Data.of(20, Noise.seeded(1));
    for (double alpha : new double[] {0, 1, -0.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  ConformalClassifier.calibrate(
                      ConformalScore.lac(), alpha, data.probabilities, data.labels))
          .withMessage("alpha must be in (0, 1), got " + alpha);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ConformalClassifier.calibrate(
                    ConformalScore.lac(), 0.1, data.probabilities, new int[] {1}))
        .withMessageContaining("labels must be one per example (20), got 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConformalScore.raps(-1, 0, 0))
        .withMessageContaining("penalty must be finite and >= 0");
    ConformalClassifier conformal =
        ConformalClassifier.calibrate(ConformalScore.lac(), 0.1, data.probabilities, data.labels);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> conformal.sets(Samples.array(new long[] {1, 2}, 0.5, 0.5)))
        .withMessageContaining("5 classes");
    int[] groups = new int[20];
    ConformalClassifier mondrian =
        ConformalClassifier.calibrateForGroups(
            ConformalScore.lac(), 0.1, data.probabilities, data.labels, groups, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> mondrian.sets(data.probabilities, null))
        .withMessage("groups must be one per example (20), got null");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ConformalClassifier.calibrateForGroups(
                    ConformalScore.lac(), 0.1, data.probabilities, data.labels, null, 1))
        .withMessageContaining("groups");
  }
}
