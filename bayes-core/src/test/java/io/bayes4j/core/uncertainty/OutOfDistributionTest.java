package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.ToDoubleBiFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class OutOfDistributionTest {
  private static final List<ToDoubleBiFunction<double[], double[]>> ALL =
      List.of(
          OutOfDistribution::auroc,
          OutOfDistribution::auprIn,
          OutOfDistribution::auprOut,
          OutOfDistribution::fprAt95Tpr,
          OutOfDistribution::detectionAccuracy);

  @Example
  void separateGroupsAreToldApartPerfectly() {
    double[] in = {0.1, 0.2, Double.NEGATIVE_INFINITY};
    double[] out = {0.3, Double.POSITIVE_INFINITY};
    assertThat(results(in, out)).containsExactly(1.0, 1.0, 1.0, 0.0, 1.0);
  }

  @Example
  void equalScoresTellNothing() {
    double[] in = {0.5, 0.5, 0.5};
    double[] out = {0.5};
    assertThat(results(in, out)).containsExactly(0.5, 0.75, 0.25, 1.0, 0.5);
  }

  @Example
  void reversedGroupsAreWorseThanChance() {
    double[] in = {3, 4};
    double[] out = {1, 2};
    // In-distribution precision is 1/3 at its first hit and 2/4 at its second, and so is the other.
    double precision = 0.5 * (1 / 3.0 + 1 / 2.0);
    assertThat(results(in, out)).containsExactly(0.0, precision, precision, 1.0, 0.5);
  }

  @Example
  void groupsThatOverlapByHand() {
    double[] in = {1, 2, 3, 5};
    double[] out = {3, 4, 6};
    assertThat(OutOfDistribution.auroc(in, out)).isEqualTo((2.5 + 3 + 4) / 12);
    assertThat(OutOfDistribution.auprIn(in, out))
        .isCloseTo((1 + 1 + 3 / 4.0 + 4 / 6.0) / 4, within(1e-12));
    assertThat(OutOfDistribution.auprOut(in, out))
        .isCloseTo((1 + 2 / 3.0 + 3 / 5.0) / 3, within(1e-12));
    assertThat(OutOfDistribution.fprAt95Tpr(in, out)).isEqualTo(2 / 3.0);
    assertThat(OutOfDistribution.detectionAccuracy(in, out)).isCloseTo(0.75, within(1e-12));
  }

  @Example
  void nineteenOfTwentyAreExactlyNinetyFivePercent() {
    double[] in = new double[20];
    Arrays.setAll(in, i -> i);
    assertThat(OutOfDistribution.fprAt95Tpr(in, new double[] {18, 18.5})).isEqualTo(0.5);
  }

  @Property(tries = 300)
  void aurocCountsPairs(@ForAll("scores") double[] in, @ForAll("scores") double[] out) {
    double wins = 0;
    for (double o : out) {
      for (double i : in) {
        wins += o > i ? 1 : o == i ? 0.5 : 0;
      }
    }
    assertThat(OutOfDistribution.auroc(in, out)).isEqualTo(wins / (in.length * out.length));
  }

  @Property(tries = 300)
  void thresholdsTriedOneByOneGiveTheSame(
      @ForAll("scores") double[] in, @ForAll("scores") double[] out) {
    TreeSet<Double> thresholds = new TreeSet<>();
    Arrays.stream(in).forEach(thresholds::add);
    Arrays.stream(out).forEach(thresholds::add);
    double auprIn = 0;
    double recallBefore = 0;
    double fpr = Double.NaN;
    double detection = 0.5;
    for (double threshold : thresholds) {
      double tp = countAtMost(in, threshold);
      double fp = countAtMost(out, threshold);
      auprIn += (tp / in.length - recallBefore) * (tp / (tp + fp));
      recallBefore = tp / in.length;
      fpr = Double.isNaN(fpr) && tp >= 0.95 * in.length ? fp / out.length : fpr;
      detection = Math.max(detection, 0.5 * (tp / in.length + 1 - fp / out.length));
    }
    assertThat(OutOfDistribution.auprIn(in, out)).isCloseTo(auprIn, within(1e-12));
    assertThat(OutOfDistribution.fprAt95Tpr(in, out)).isEqualTo(fpr);
    assertThat(OutOfDistribution.detectionAccuracy(in, out)).isCloseTo(detection, within(1e-12));
  }

  @Property(tries = 100)
  void groupsAreMirrorImages(@ForAll("scores") double[] in, @ForAll("scores") double[] out) {
    double[] inBefore = in.clone();
    double[] outBefore = out.clone();
    assertThat(OutOfDistribution.auprOut(in, out))
        .isEqualTo(OutOfDistribution.auprIn(negated(out), negated(in)));
    assertThat(OutOfDistribution.auroc(in, out) + OutOfDistribution.auroc(out, in))
        .isCloseTo(1, within(1e-12));
    assertThat(in).isEqualTo(inBefore);
    assertThat(out).isEqualTo(outBefore);
  }

  @Example
  void rejectsEmptyGroupsAndNaN() {
    double[] some = {1, 2};
    double[] nan = {0, Double.NaN};
    for (ToDoubleBiFunction<double[], double[]> function : ALL) {
      assertRejected(function, new double[0], some, "inDistribution must not be empty");
      assertRejected(function, some, new double[0], "outOfDistribution must not be empty");
      assertRejected(function, nan, some, "inDistribution[1] must be a number, got NaN");
      assertRejected(function, some, nan, "outOfDistribution[1] must be a number, got NaN");
    }
  }

  @Provide
  Arbitrary<double[]> scores() {
    // Few distinct values, so that ties come up.
    return Arbitraries.integers()
        .between(-6, 6)
        .map(i -> i / 4.0)
        .array(double[].class)
        .ofMinSize(1)
        .ofMaxSize(40);
  }

  private static double[] results(double[] in, double[] out) {
    return ALL.stream().mapToDouble(function -> function.applyAsDouble(in, out)).toArray();
  }

  private static double countAtMost(double[] scores, double threshold) {
    return Arrays.stream(scores).filter(score -> score <= threshold).count();
  }

  private static double[] negated(double[] scores) {
    return Arrays.stream(scores).map(score -> -score).toArray();
  }

  private static void assertRejected(
      ToDoubleBiFunction<double[], double[]> function, double[] in, double[] out, String message) {
    Rejection.assertRejected(() -> function.applyAsDouble(in, out), message);
  }
}
