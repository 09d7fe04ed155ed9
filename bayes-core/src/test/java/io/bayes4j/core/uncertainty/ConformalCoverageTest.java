package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Coverage of every kind of conformal prediction over 1,000 repetitions of calibration and test.
 *
 * <p>With one limit fixed on n exchangeable scores without ties, the number of m later examples
 * that it covers is Beta-binomial with a = rank and b = n + 1 - rank (Vovk 2012). For every number
 * c below m, how many repetitions cover at most c is then binomial: it has to lie within the exact
 * quantiles of that, whose levels are such that honest code is refused with a probability of at
 * most 1e-6 for all kinds, classes, groups and numbers together.
 */
class ConformalCoverageTest {
  private static final int REPETITIONS = 1000;
  private static final int HELD = 24;
  private static final int LATER = 60;
  private static final double ALPHA = 0.2;
  private static final int CLASSES = 3;
  private static final int GROUPS = 2;

  /** One for each of six kinds, and each class and each group of the two others. */
  private static final int LIMITS = 6 + CLASSES + GROUPS;

  private static final double LEVEL = 1e-6 / (2 * LATER * LIMITS);

  private enum Kind {
    LAC,
    APS,
    RAPS,
    CLASS_CONDITIONAL,
    GROUP_CONDITIONAL,
    SPLIT,
    SCALED,
    QUANTILES;

    /** How many of the later examples are covered, for each limit. */
    int[] covered(Noise noise) {
      return switch (this) {
        case LAC -> ofSets(ConformalScore.lac(), noise);
        case APS -> ofSets(ConformalScore.aps(3), noise);
        case RAPS -> ofSets(ConformalScore.raps(0.1, 1, 3), noise);
        case CLASS_CONDITIONAL -> ofClasses(noise);
        case GROUP_CONDITIONAL -> ofGroups(noise);
        default -> new int[] {ofRanges(this, noise)};
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void coverageIsBetaBinomial(Kind kind) {
    int[][] histograms = null;
    for (int repetition = 0; repetition < REPETITIONS; repetition++) {
      int[] covered = kind.covered(Noise.seeded(7).split(repetition));
      histograms = histograms == null ? new int[covered.length][LATER + 1] : histograms;
      for (int limit = 0; limit < covered.length; limit++) {
        histograms[limit][covered[limit]]++;
      }
    }
    int rank = (int) ConformalQuantile.rank(HELD, ALPHA);
    for (int[] histogram : histograms) {
      assertThat(outside(histogram, rank)).isEmpty();
      // So sharp is this: quantiles one rank beside the right one are told from it.
      assertThat(outside(histogram, rank - 1)).isNotEmpty();
      assertThat(outside(histogram, rank + 1)).isNotEmpty();
    }
  }

  /** Numbers of SciPy 1.17's {@code betabinom(60, 20, 5).cdf} and {@code binom(1000, p).cdf}. */
  @Test
  void distributionsAreThoseOfSciPy() {
    assertThat(cumulative(20)[48]).isCloseTo(0.49382118529938984, within(1e-13));
    assertThat(binomialUpTo(400, 0.47)).isCloseTo(4.886044550845078e-6, within(1e-17));
  }

  /** The numbers c for which the repetitions that cover at most c are too few or too many. */
  private static List<String> outside(int[] histogram, int rank) {
    double[] expected = cumulative(rank);
    List<String> found = new ArrayList<>();
    int upTo = 0;
    for (int c = 0; c < LATER; c++) {
      upTo += histogram[c];
      double fewer = binomialUpTo(upTo, expected[c]);
      double more = binomialUpTo(REPETITIONS - upTo, 1 - expected[c]);
      if (Math.min(fewer, more) < LEVEL) {
        found.add(
            upTo + " repetitions cover at most " + c + ", a share of " + expected[c] + " should");
      }
    }
    return found;
  }

  /** The Beta-binomial distribution function, from one number to the next. */
  private static double[] cumulative(int rank) {
    int others = HELD + 1 - rank;
    double probability = 1;
    for (int i = 0; i < LATER; i++) {
      probability *= (others + i) / (double) (HELD + 1 + i);
    }
    double[] upTo = new double[LATER + 1];
    for (int c = 0; c <= LATER; c++) {
      upTo[c] = (c == 0 ? 0 : upTo[c - 1]) + probability;
      probability *= (LATER - c) * (double) (rank + c);
      probability /= (c + 1) * (double) (LATER - c - 1 + others);
    }
    return upTo;
  }

  /** The probability of at most so many of the repetitions. */
  private static double binomialUpTo(int count, double p) {
    double logarithm = REPETITIONS * Math.log1p(-p);
    double sum = 0;
    for (int i = 0; i <= count; i++) {
      sum += Math.exp(logarithm);
      logarithm += Math.log((REPETITIONS - i) / (i + 1.0)) + Math.log(p) - Math.log1p(-p);
    }
    return sum;
  }

  private static int[] ofSets(ConformalScore score, Noise noise) {
    int[] heldLabels = drawn(noise.split("held labels"), HELD);
    int[] labels = drawn(noise.split("labels"), LATER);
    PredictionSets sets =
        ConformalClassifier.calibrate(
                score, ALPHA, probabilities(noise.split("held"), heldLabels), heldLabels)
            .sets(probabilities(noise.split("later"), labels));
    return covered(sets, labels, new int[LATER], 1);
  }

  /** As many examples of each class as of all in the other kinds. */
  private static int[] ofClasses(Noise noise) {
    int[] heldLabels = inTurn(HELD, CLASSES);
    int[] labels = inTurn(LATER, CLASSES);
    PredictionSets sets =
        ConformalClassifier.calibrateForClasses(
                ConformalScore.lac(),
                ALPHA,
                probabilities(noise.split("held"), heldLabels),
                heldLabels)
            .sets(probabilities(noise.split("later"), labels));
    return covered(sets, labels, labels, CLASSES);
  }

  private static int[] ofGroups(Noise noise) {
    int[] heldGroups = inTurn(HELD, GROUPS);
    int[] groups = inTurn(LATER, GROUPS);
    int[] heldLabels = drawn(noise.split("held labels"), heldGroups.length);
    int[] labels = drawn(noise.split("labels"), groups.length);
    PredictionSets sets =
        ConformalClassifier.calibrateForGroups(
                ConformalScore.aps(3),
                ALPHA,
                probabilities(noise.split("held"), heldLabels),
                heldLabels,
                heldGroups,
                GROUPS)
            .sets(probabilities(noise.split("later"), labels), groups);
    return covered(sets, labels, groups, GROUPS);
  }

  private static int[] covered(PredictionSets sets, int[] labels, int[] limits, int count) {
    int[] covered = new int[count];
    for (int i = 0; i < labels.length; i++) {
      covered[limits[i]] += sets.contains(i, labels[i]) ? 1 : 0;
    }
    return covered;
  }

  private static int[] drawn(Noise noise, int count) {
    float[] uniforms = new float[count];
    noise.uniforms(uniforms, 0, count, 0);
    return IntStream.range(0, count).map(i -> (int) (uniforms[i] * CLASSES)).toArray();
  }

  private static int[] inTurn(int ofEach, int kinds) {
    return IntStream.range(0, ofEach * kinds).map(i -> i % kinds).toArray();
  }

  /** Those of a model that is too sure. */
  private static INDArray probabilities(Noise noise, int[] labels) {
    float[] logits = new float[labels.length * CLASSES];
    noise.normals(logits, 0, logits.length, 0);
    double[] shown = new double[logits.length];
    for (int i = 0; i < labels.length; i++) {
      double sum = 0;
      for (int k = i * CLASSES; k < (i + 1) * CLASSES; k++) {
        shown[k] = Math.exp(2 * (logits[k] + (k % CLASSES == labels[i] ? 1 : 0)));
        sum += shown[k];
      }
      for (int k = i * CLASSES; k < (i + 1) * CLASSES; k++) {
        shown[k] /= sum;
      }
    }
    return Samples.array(new long[] {labels.length, CLASSES}, shown);
  }

  private static int ofRanges(Kind kind, Noise noise) {
    Line held = Line.of(noise.split("held"), HELD);
    Line later = Line.of(noise.split("later"), LATER);
    PredictionIntervals ranges =
        switch (kind) {
          case SPLIT ->
              ConformalRegressor.calibrate(ALPHA, held.means, held.targets).interval(later.means);
          case SCALED ->
              ConformalRegressor.calibrateScaled(ALPHA, held.means, held.sigmas, held.targets)
                  .interval(later.means, later.sigmas);
          default ->
              ConformalRegressor.calibrateQuantiles(ALPHA, held.lower(), held.means, held.targets)
                  .adjusted(later.lower(), later.means);
        };
    return (int) Math.round(ranges.coverage(later.targets) * LATER);
  }

  /** Targets about a line whose slope and spread the model has wrong. */
  private record Line(INDArray means, INDArray sigmas, INDArray targets) {
    static Line of(Noise noise, int count) {
      double[] x = noise.split("x").normals(count).toDoubleVector();
      double[] targets = noise.split("error").normals(count).toDoubleVector();
      for (int i = 0; i < count; i++) {
        targets[i] = x[i] + (0.5 + Math.abs(x[i])) * targets[i];
      }
      return new Line(
          column(Arrays.stream(x).map(v -> 0.8 * v)),
          column(Arrays.stream(x).map(v -> 0.2 + Math.abs(v))),
          column(Arrays.stream(targets)));
    }

    INDArray lower() {
      return means.sub(sigmas);
    }

    private static INDArray column(DoubleStream numbers) {
      double[] all = numbers.toArray();
      return Samples.array(new long[] {all.length, 1}, all);
    }
  }
}
