package io.bayes4j.core.uncertainty;

import static io.bayes4j.core.uncertainty.Predictions.array;
import static io.bayes4j.core.uncertainty.Rejection.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.uncertainty.RiskCoverageCurve.Point;
import java.util.Arrays;
import java.util.Comparator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class SelectivePredictionTest {
  private static final double[] UNCERTAINTY = {0.4, 0.1, 0.3, 0.1, 0.2};
  private static final boolean[] CORRECT = {false, true, true, true, false};

  private final RiskCoverageCurve curve = SelectivePrediction.riskCoverage(UNCERTAINTY, CORRECT);

  @Example
  void examplesEnterFromLowToHighUncertaintyAndEqualOnesTogether() {
    assertThat(curve.points())
        .containsExactly(
            new Point(0.1, 2, 0, 0.4),
            new Point(0.2, 3, 1, 0.6),
            new Point(0.3, 4, 1, 0.8),
            new Point(0.4, 5, 2, 1));
    assertThat(curve.points().get(1).risk()).isEqualTo(1 / 3.0);
    assertThat(curve.points().get(1).accuracy()).isEqualTo(2 / 3.0);
  }

  @Example
  void areaIsTheMeanRiskAtWhichExamplesEnter() {
    assertThat(curve.aurc()).isCloseTo((0 + 0 + 1 / 3.0 + 1 / 4.0 + 2 / 5.0) / 5, within(1e-12));
  }

  @Example
  void accuracyIsThatOfTheFirstPointWithEnoughCoverage() {
    assertThat(curve.accuracyAtCoverage(0.01)).isOne();
    assertThat(curve.accuracyAtCoverage(0.4)).isOne();
    assertThat(curve.accuracyAtCoverage(0.41)).isEqualTo(2 / 3.0);
    assertThat(curve.accuracyAtCoverage(1)).isEqualTo(0.6);
  }

  @Example
  void floatArraysGiveTheSameCurve() {
    double[] exact = {0.5, 0.25, 0.125, 0.25};
    boolean[] correct = {true, false, true, false};
    assertThat(SelectivePrediction.riskCoverage(array(exact, 4), correct).points())
        .isEqualTo(SelectivePrediction.riskCoverage(exact, correct).points());
  }

  @Property(tries = 200)
  void curveMatchesItsDefinition(
      @ForAll("uncertainties") double[] uncertainty, @ForAll("flags") boolean[] flags) {
    boolean[] correct = Arrays.copyOf(flags, uncertainty.length);
    double[] before = uncertainty.clone();
    RiskCoverageCurve any = SelectivePrediction.riskCoverage(uncertainty, correct);
    double area = 0;
    for (double limit : uncertainty) {
      int answered = 0;
      int wrong = 0;
      for (int i = 0; i < uncertainty.length; i++) {
        answered += uncertainty[i] <= limit ? 1 : 0;
        wrong += uncertainty[i] <= limit && !correct[i] ? 1 : 0;
      }
      assertThat(any.points())
          .contains(new Point(limit, answered, wrong, answered / (double) uncertainty.length));
      area += wrong / (double) answered / uncertainty.length;
    }
    assertThat(any.aurc()).isCloseTo(area, within(1e-12));
    assertThat(any.points()).isSortedAccordingTo(Comparator.comparingDouble(Point::uncertainty));
    assertThat(uncertainty).isEqualTo(before);
  }

  @Example
  void rejectsWhatHasNoCurve() {
    assertRejected(
        () -> SelectivePrediction.riskCoverage(new double[0], new boolean[0]),
        "uncertainty must not be empty");
    assertRejected(
        () -> SelectivePrediction.riskCoverage(UNCERTAINTY, new boolean[2]),
        "correct must be one per example (5), got 2");
    assertRejected(
        () -> SelectivePrediction.riskCoverage(new double[] {0, Double.NaN}, new boolean[2]),
        "uncertainty[1] must be a number, got NaN");
    assertRejected(
        () -> SelectivePrediction.riskCoverage(array(new double[2], 1, 2), new boolean[2]),
        "uncertainty must have the shape [batch], got [1, 2]");
    assertRejected(() -> curve.accuracyAtCoverage(0), "coverage must be in (0, 1], got 0.0");
    assertRejected(() -> curve.accuracyAtCoverage(1.1), "coverage must be in (0, 1], got 1.1");
  }

  @Provide
  Arbitrary<double[]> uncertainties() {
    // Few distinct values, so that ties come up.
    return Arbitraries.integers()
        .between(0, 9)
        .map(i -> i / 10.0)
        .array(double[].class)
        .ofMinSize(1)
        .ofMaxSize(30);
  }

  @Provide
  Arbitrary<boolean[]> flags() {
    return Arbitraries.of(true, false).array(boolean[].class).ofSize(30);
  }
}
