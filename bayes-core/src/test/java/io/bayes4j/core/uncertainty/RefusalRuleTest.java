package io.bayes4j.core.uncertainty;

import static io.bayes4j.core.uncertainty.Predictions.array;
import static io.bayes4j.core.uncertainty.Predictions.oneSampleOfFirstClass;
import static io.bayes4j.core.uncertainty.Predictions.samplesOfFirstClass;
import static io.bayes4j.core.uncertainty.RefusalCriterion.MEAN_ABOVE;
import static io.bayes4j.core.uncertainty.RefusalCriterion.MEDIAN_ABOVE;
import static io.bayes4j.core.uncertainty.RefusalCriterion.PREDICTIVE_ENTROPY_BELOW;
import static io.bayes4j.core.uncertainty.RefusalRule.REFUSED;
import static io.bayes4j.core.uncertainty.Rejection.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.nd4j.linalg.api.ndarray.INDArray;

final class RefusalRuleTest {
  @Example
  void medianAndMeanDisagreeOnOneOutlier() {
    // Median 0.75, mean 0.5.
    INDArray p = samplesOfFirstClass(0.75, 0.75, 0.0);
    assertThat(RefusalRule.medianAbove(0.7).decide(p)).containsExactly(0);
    assertThat(RefusalRule.meanAbove(0.7).decide(p)).containsExactly(REFUSED);
    assertThat(RefusalRule.meanAbove(0.4).decide(p)).containsExactly(0);
  }

  @Example
  void onePassSplitsAndDecidesAsTwoDo() {
    INDArray p = samplesOfFirstClass(0.75, 0.75, 0.0);
    for (RefusalCriterion criterion : RefusalCriterion.values()) {
      RefusalRule rule = new RefusalRule(criterion, 0.6);
      RefusalRule.Decided both = rule.splitAndDecide(p);
      assertThat(both.decisions()).as("%s", criterion).containsExactly(rule.decide(p));
      UncertaintySplit split = Uncertainty.split(p);
      assertThat(both.split().mean()).isEqualTo(split.mean());
      assertThat(both.split().mutualInformation()).isEqualTo(split.mutualInformation());
    }
  }

  @Example
  void thresholdsMustBePassedStrictly() {
    INDArray p = samplesOfFirstClass(0.75);
    double entropy = Draws.probabilities(p).predictiveEntropies()[0];
    assertThat(RefusalRule.medianAbove(0.75).decide(p)).containsExactly(REFUSED);
    assertThat(RefusalRule.meanAbove(0.75).decide(p)).containsExactly(REFUSED);
    assertThat(RefusalRule.meanAbove(Math.nextDown(0.75)).decide(p)).containsExactly(0);
    assertThat(RefusalRule.predictiveEntropyBelow(entropy).decide(p)).containsExactly(REFUSED);
    assertThat(RefusalRule.predictiveEntropyBelow(Math.nextUp(entropy)).decide(p))
        .containsExactly(0);
  }

  @Example
  void theAnswerIsTheClassThatStandsOut() {
    double[] p = {0.1, 0.2, 0.7, 0.35, 0.4, 0.25, 0.3, 0.1, 0.6, 0.55, 0.3, 0.15};
    INDArray probabilities = array(p, 2, 2, 3);
    assertThat(RefusalRule.medianAbove(0.6).decide(probabilities)).containsExactly(2, REFUSED);
    assertThat(RefusalRule.medianAbove(0.1).decide(probabilities)).containsExactly(2, 0);
    assertThat(RefusalRule.predictiveEntropyBelow(1).decide(probabilities))
        .containsExactly(2, REFUSED);
  }

  @Example
  void disagreementIsRefusedWhereAmbiguityIsAnswered() {
    // The first example: both samples say it may be either; the second: each sample is sure of
    // another class.
    INDArray p = array(new double[] {0.5, 0.5, 1, 0, 0.5, 0.5, 0, 1}, 2, 2, 2);
    assertThat(RefusalRule.mutualInformationBelow(0.1).decide(p)).containsExactly(0, REFUSED);
    assertThat(RefusalRule.predictiveEntropyBelow(0.1).decide(p)).containsExactly(REFUSED, REFUSED);
    assertRejected(
        () -> RefusalRule.mutualInformationBelow(-1),
        "threshold of MUTUAL_INFORMATION_BELOW must be finite and >= 0 nats, got -1.0");
  }

  @Example
  void samplesThatNeverAgreeHaveNoMedianToAnswerWith() {
    INDArray p = array(new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, 3, 1, 3);
    assertThat(RefusalRule.medianAbove(0).decide(p)).containsExactly(REFUSED);
    assertRejected(
        () -> RefusalRule.calibrateForCoverage(MEDIAN_ABOVE, p, 1),
        "coverage must be one that MEDIAN_ABOVE reaches, got 1.0");
    assertRejected(
        () -> RefusalRule.calibrateForAccuracy(MEDIAN_ABOVE, p, new int[] {0}, 0),
        "accuracy must be one that MEDIAN_ABOVE reaches");
  }

  @Example
  void reportCountsAnswersAndHits() {
    INDArray p = oneSampleOfFirstClass(0.9, 0.95, 0.6, 0.05);
    RefusalReport report = RefusalRule.meanAbove(0.8).report(p, new int[] {0, 1, 0, 1});
    assertThat(report).isEqualTo(new RefusalReport(0.75, 2 / 3.0, 3, 1));
    RefusalReport silent = RefusalRule.meanAbove(1).report(p, new int[] {0, 1, 0, 1});
    assertThat(silent.coverage()).isZero();
    assertThat(silent.accuracy()).isNaN();
    assertThat(silent.refused()).isEqualTo(4);
  }

  @Example
  void calibrationForAccuracyAnswersAsManyAsItCan() {
    // From sure to unsure: right, right, wrong, right, wrong.
    INDArray p = oneSampleOfFirstClass(0.95, 0.9, 0.85, 0.8, 0.7);
    int[] labels = {0, 0, 1, 0, 1};
    RefusalRule rule = RefusalRule.calibrateForAccuracy(MEAN_ABOVE, p, labels, 0.75);
    assertThat(rule.threshold()).isCloseTo(0.8, within(1e-6));
    assertThat(rule.report(p, labels)).isEqualTo(new RefusalReport(0.8, 0.75, 4, 1));
    RefusalRule strict = RefusalRule.calibrateForAccuracy(MEAN_ABOVE, p, labels, 1);
    assertThat(strict.report(p, labels)).isEqualTo(new RefusalReport(0.4, 1, 2, 3));
    RefusalRule entropy =
        RefusalRule.calibrateForAccuracy(PREDICTIVE_ENTROPY_BELOW, p, labels, 0.75);
    assertThat(entropy.decide(p)).isEqualTo(rule.decide(p));
    assertRejected(
        () -> RefusalRule.calibrateForAccuracy(MEAN_ABOVE, p, new int[] {1, 0, 0, 0, 0}, 0.9),
        "MEAN_ABOVE reaches, at most 0.8, got 0.9");
  }

  @Example
  void calibrationForCoverageTakesEqualExamplesTogether() {
    INDArray p = oneSampleOfFirstClass(0.95, 0.8, 0.8, 0.7);
    assertThat(RefusalRule.calibrateForCoverage(MEAN_ABOVE, p, 0.25).decide(p))
        .containsExactly(0, REFUSED, REFUSED, REFUSED);
    assertThat(RefusalRule.calibrateForCoverage(MEAN_ABOVE, p, 0.3).decide(p))
        .containsExactly(0, 0, 0, REFUSED);
    assertThat(RefusalRule.calibrateForCoverage(MEAN_ABOVE, p, 1).decide(p))
        .containsExactly(0, 0, 0, 0);
  }

  @Example
  void certaintyJustAboveOneCanBeCalibratedFor() {
    INDArray p = array(new double[] {1.0005, 0, 0.6, 0.4}, 1, 2, 2);
    RefusalRule half = RefusalRule.calibrateForCoverage(MEAN_ABOVE, p, 0.5);
    assertThat(half.decide(p)).containsExactly(0, REFUSED);
    RefusalRule right = RefusalRule.calibrateForAccuracy(MEDIAN_ABOVE, p, new int[] {0, 1}, 1);
    assertThat(right.decide(p)).containsExactly(0, REFUSED);
  }

  @Property(tries = 200)
  void calibratedRulesCoverWhatWasAskedAndNoMore(
      @ForAll("sampled") INDArray p,
      @ForAll RefusalCriterion criterion,
      @ForAll @DoubleRange(min = 0.01, max = 1) double coverage) {
    RefusalRule rule = RefusalRule.calibrateForCoverage(criterion, p, coverage);
    assertThat(coverage(rule, p)).isGreaterThanOrEqualTo(coverage);
    double stricter = criterion.bound(Math.nextDown(criterion.bound(rule.threshold())));
    if (criterion.allows(stricter)) {
      assertThat(coverage(new RefusalRule(criterion, stricter), p)).isLessThan(coverage);
    }
  }

  @Property(tries = 200)
  void noThresholdReachesTheAccuracyWithMoreAnswers(
      @ForAll("sampled") INDArray p,
      @ForAll RefusalCriterion criterion,
      @ForAll @DoubleRange(min = 0, max = 1) double accuracy) {
    int[] labels = new int[(int) p.size(1)];
    int best = 0;
    for (int examples = 1; examples <= labels.length; examples++) {
      RefusalRule rule =
          RefusalRule.calibrateForCoverage(criterion, p, examples / (double) labels.length);
      RefusalReport report = rule.report(p, labels);
      best = report.accuracy() >= accuracy ? Math.max(best, report.answered()) : best;
    }
    if (best == 0) {
      assertRejected(
          () -> RefusalRule.calibrateForAccuracy(criterion, p, labels, accuracy), "at most");
    } else {
      RefusalReport report =
          RefusalRule.calibrateForAccuracy(criterion, p, labels, accuracy).report(p, labels);
      assertThat(report.accuracy()).isGreaterThanOrEqualTo(accuracy);
      assertThat(report.answered()).isEqualTo(best);
    }
  }

  @Example
  void rejectsBadThresholdsTargetsAndLabels() {
    INDArray p = oneSampleOfFirstClass(0.9, 0.8);
    int[] labels = {0, 0};
    assertRejected(() -> RefusalRule.medianAbove(1.1), "must be in [0, 1], got 1.1");
    assertRejected(() -> RefusalRule.meanAbove(-0.1), "must be in [0, 1], got -0.1");
    assertRejected(() -> RefusalRule.meanAbove(Double.NaN), "must be in [0, 1], got NaN");
    assertRejected(() -> RefusalRule.predictiveEntropyBelow(-1), "finite and >= 0 nats, got -1.0");
    assertRejected(
        () -> RefusalRule.calibrateForCoverage(MEAN_ABOVE, p, 0),
        "coverage must be in (0, 1], got 0.0");
    assertRejected(
        () -> RefusalRule.calibrateForAccuracy(MEAN_ABOVE, p, labels, 1.5),
        "accuracy must be in [0, 1], got 1.5");
    assertRejected(
        () -> RefusalRule.calibrateForAccuracy(MEAN_ABOVE, p, new int[] {0, 2}, 0.5),
        "labels[1] must be in [0, 2), got 2");
    assertRejected(
        () -> RefusalRule.meanAbove(0.5).report(p, new int[] {0}), "one per example (2), got 1");
    assertRejected(
        () -> RefusalRule.meanAbove(0.5).decide(p.reshape(2, 2)), "[samples, batch, classes]");
    assertRejected(() -> RefusalReport.of(new int[0], new int[0]), "must not be empty");
    assertRejected(
        () -> RefusalReport.of(new int[] {1, -2}, labels),
        "decisions[1] must be a class or -1, got -2");
    assertRejected(
        () -> RefusalReport.of(new int[] {-1, 1}, new int[] {-1, 1}),
        "labels[0] must be >= 0, got -1");
    assertRejected(() -> RefusalReport.of(new int[] {1}, labels), "one per decision (1), got 2");
  }

  @Provide
  Arbitrary<INDArray> sampled() {
    // With one or two samples, or two classes, some median is always above zero.
    return Predictions.sampled().filter(p -> Uncertainty.median(p).minNumber().doubleValue() > 0);
  }

  private static double coverage(RefusalRule rule, INDArray p) {
    return rule.report(p, new int[(int) p.size(1)]).coverage();
  }
}
