package io.bayes4j.core.uncertainty;

import static io.bayes4j.core.uncertainty.Predictions.array;
import static io.bayes4j.core.uncertainty.Predictions.batchOfFirstClass;
import static io.bayes4j.core.uncertainty.Rejection.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.uncertainty.Predictions.Labelled;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class CalibrationTest {
  private static final List<BiFunction<INDArray, int[], Object>> ALL =
      List.of(
          Calibration::accuracy,
          Calibration::nll,
          Calibration::brier,
          Calibration::scores,
          Calibration::ece,
          (p, labels) -> Calibration.adaptiveEce(p, labels, 3),
          (p, labels) -> Calibration.maxCalibrationError(p, labels, 3),
          (p, labels) -> Calibration.reliability(p, labels, 3),
          (p, labels) ->
              Calibration.accuracyVersusUncertainty(p, array(new double[] {1, 2}, 2), labels, 1));

  @Example
  void aurocCountsPairsAndHalvesTies() {
    double[] p = {0.9, 0.1, 0.5, 0.5, 0.5, 0.5, 0.2, 0.8};
    INDArray probabilities = array(p, 4, 2);
    assertThat(Calibration.auroc(probabilities, new int[] {0, 0, 1, 1})).isEqualTo(3.5 / 4);
    assertThat(Calibration.auroc(probabilities, new int[] {1, 0, 0, 0})).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Calibration.auroc(probabilities, new int[4]))
        .withMessage("labels must be of both classes, got 0 of class 1 among 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Calibration.auroc(array(new double[] {.2, .3, .5}, 1, 3), new int[1]))
        .withMessage("probabilities must have 2 classes for an ROC curve, got 3");
  }

  @Example
  void scoresOfThreeExamplesByHand() {
    double[] p = {0.7, 0.2, 0.1, 0.3, 0.3, 0.4, 0.25, 0.5, 0.25};
    INDArray probabilities = array(p, 3, 3);
    int[] labels = {0, 0, 1};
    assertThat(Calibration.accuracy(probabilities, labels)).isEqualTo(2 / 3.0);
    assertThat(Calibration.nll(probabilities, labels))
        .isCloseTo(-(Math.log(0.7) + Math.log(0.3) + Math.log(0.5)) / 3, within(1e-6));
    assertThat(Calibration.brier(probabilities, labels))
        .isCloseTo((0.14 + 0.74 + 0.375) / 3, within(1e-6));
  }

  @Example
  void equallyProbableClassesPredictTheLowest() {
    INDArray even = batchOfFirstClass(0.5);
    assertThat(Calibration.accuracy(even, new int[] {0})).isOne();
    assertThat(Calibration.accuracy(even, new int[] {1})).isZero();
  }

  @Example
  void impossibleLabelCostsTheFloor() {
    INDArray sure = batchOfFirstClass(1);
    assertThat(Calibration.nll(sure, new int[] {1}))
        .isCloseTo(-Math.log(Calibration.PROBABILITY_FLOOR), within(1e-12));
    assertThat(Calibration.nll(sure, new int[] {0})).isZero();
    assertThat(Calibration.brier(sure, new int[] {1})).isEqualTo(2);
  }

  @Example
  void reliabilityBinsAreOpenBelowAndClosedAbove() {
    // 0.5f, 0.6f (above 0.6 as a double), 0.75f and 1f in five bins.
    INDArray p = batchOfFirstClass(0.5, 0.6, 0.75, 1);
    List<ReliabilityBin> bins = Calibration.reliability(p, new int[] {0, 1, 0, 0}, 5);
    assertThat(bins).extracting(ReliabilityBin::count).containsExactly(0L, 0L, 2L, 1L, 1L);
    assertThat(bins.get(2).lower()).isEqualTo(0.4);
    assertThat(bins.get(2).upper()).isEqualTo(0.6);
    assertThat(bins.get(2).confidence()).isCloseTo(0.55, within(1e-7));
    assertThat(bins.get(2).accuracy()).isEqualTo(0.5);
    assertThat(bins.get(0).accuracy()).isNaN();
    assertThat(bins.get(0).confidence()).isNaN();
    assertThat(bins.get(0).gap()).isZero();
  }

  @Example
  void errorsOfThreeBinsByHand() {
    // Gaps 0.05 (two examples), 0.25 and 0 (one each).
    INDArray p = batchOfFirstClass(0.5, 0.6, 0.75, 1);
    int[] labels = {0, 1, 0, 0};
    assertThat(Calibration.ece(p, labels, 5)).isCloseTo(0.35 / 4, within(1e-7));
    assertThat(Calibration.maxCalibrationError(p, labels, 5)).isCloseTo(0.25, within(1e-7));
    // In two bins of two: 0.5 and 0.6 with one hit, 0.75 and 1 with two.
    assertThat(Calibration.adaptiveEce(p, labels, 2)).isCloseTo(0.35 / 4, within(1e-7));
    assertThat(Calibration.adaptiveEce(p, labels, 1)).isCloseTo(0.15 / 4, within(1e-7));
    assertThat(Calibration.adaptiveEce(p, labels, 100))
        .isCloseTo((0.5 + 0.6 + 0.25) / 4, within(1e-7));
  }

  @Example
  void adaptiveBinsKeepEqualConfidencesTogether() {
    // Cutting the three examples of 0.75 apart would tell hits from misses.
    INDArray p = batchOfFirstClass(0.75, 0.75, 0.75, 0.9);
    double expected = (Math.abs(3 * 0.75 - 2) + 0.1) / 4;
    assertThat(Calibration.adaptiveEce(p, new int[] {0, 0, 1, 0}, 4))
        .isCloseTo(expected, within(1e-7));
    assertThat(Calibration.adaptiveEce(p, new int[] {1, 0, 0, 0}, 4))
        .isCloseTo(expected, within(1e-7));
  }

  @Example
  void overconfidenceIsTheGapBetweenConfidenceAndAccuracy() {
    double[] confidence = new double[100];
    int[] labels = new int[100];
    Arrays.fill(confidence, 0.9);
    Arrays.fill(labels, 60, 100, 1);
    INDArray p = batchOfFirstClass(confidence);
    assertThat(Calibration.ece(p, labels)).isCloseTo(0.3, within(1e-6));
    assertThat(Calibration.maxCalibrationError(p, labels, 15)).isCloseTo(0.3, within(1e-6));
    assertThat(Calibration.adaptiveEce(p, labels, 15)).isCloseTo(0.3, within(1e-6));
  }

  @Example
  void honestConfidenceHasAlmostNoError() {
    // Two sequences that fill the unit square evenly stand for confidence and chance.
    int count = 20_000;
    double[] confidence = new double[count];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      confidence[i] = 0.5 + 0.5 * fraction(i * 0.7548776662466927);
      labels[i] = fraction(i * 0.5698402909980532) < confidence[i] ? 0 : 1;
    }
    INDArray p = batchOfFirstClass(confidence);
    assertThat(Calibration.ece(p, labels)).isLessThan(0.005);
    assertThat(Calibration.adaptiveEce(p, labels, 15)).isLessThan(0.005);
    assertThat(Calibration.accuracy(p, labels)).isCloseTo(0.75, within(0.005));
  }

  @Property(tries = 200)
  void calibrationErrorsMatchTheDefinition(
      @ForAll("labelled") Labelled batch, @ForAll @IntRange(min = 1, max = 20) int bins) {
    double expected = 0;
    double greatest = 0;
    for (int bin = 0; bin < bins; bin++) {
      float lower = (float) (bin / (double) bins);
      float upper = (float) ((bin + 1) / (double) bins);
      int count = 0;
      double difference = 0;
      for (int i = 0; i < batch.size(); i++) {
        // A row of one class, or an all but certain one, may round to just above 1.
        double confidence = batch.confidence(i);
        if (confidence > lower && (confidence <= upper || bin == bins - 1)) {
          count++;
          difference += (batch.correct(i) ? 1 : 0) - confidence;
        }
      }
      expected += Math.abs(difference) / batch.size();
      greatest = Math.max(greatest, count == 0 ? 0 : Math.abs(difference) / count);
    }
    INDArray p = batch.probabilities();
    assertThat(Calibration.ece(p, batch.labels(), bins)).isCloseTo(expected, within(1e-9));
    assertThat(Calibration.maxCalibrationError(p, batch.labels(), bins))
        .isCloseTo(greatest, within(1e-9));
  }

  @Property(tries = 200)
  void scoresMatchTheDefinition(@ForAll("labelled") Labelled batch) {
    double right = 0;
    double nll = 0;
    double brier = 0;
    for (int i = 0; i < batch.size(); i++) {
      right += batch.correct(i) ? 1 : 0;
      nll -= Math.log(batch.probability(i, batch.classes().get(i)));
      for (int column = 0; column < batch.width(); column++) {
        double target = column == batch.classes().get(i) ? 1 : 0;
        brier += Math.pow(batch.probability(i, column) - target, 2);
      }
    }
    ClassificationScores scores = Calibration.scores(batch.probabilities(), batch.labels());
    assertThat(scores.count()).isEqualTo(batch.size());
    assertThat(scores.accuracy()).isEqualTo(right / batch.size());
    assertThat(scores.nll()).isCloseTo(nll / batch.size(), within(1e-9));
    assertThat(scores.brier()).isCloseTo(brier / batch.size(), within(1e-9));
    assertThat(scores.ece()).isEqualTo(Calibration.ece(batch.probabilities(), batch.labels()));
  }

  @Example
  void certaintyAndAccuracyFillFourCells() {
    INDArray p = batchOfFirstClass(0.9, 0.8, 0.7, 0.6, 0.55);
    INDArray uncertainty = array(new double[] {0.25, 0.5, 0.25, 0.5, 0.75}, 5);
    int[] labels = {0, 0, 1, 1, 1};
    AccuracyVersusUncertainty cells =
        Calibration.accuracyVersusUncertainty(p, uncertainty, labels, 0.25);
    assertThat(cells).isEqualTo(new AccuracyVersusUncertainty(1, 1, 1, 2));
    assertThat(cells.avu()).isEqualTo(0.6);
    assertThat(cells.accurateIfCertain()).isEqualTo(0.5);
    assertThat(cells.uncertainIfInaccurate()).isEqualTo(2 / 3.0);
  }

  @Example
  void emptyCellsHaveADefinedValue() {
    AccuracyVersusUncertainty timid = new AccuracyVersusUncertainty(0, 4, 0, 0);
    assertThat(timid.avu()).isZero();
    assertThat(timid.accurateIfCertain()).isOne();
    assertThat(timid.uncertainIfInaccurate()).isOne();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AccuracyVersusUncertainty(0, 0, 0, 0))
        .withMessageContaining("at least one example");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AccuracyVersusUncertainty(1, 0, -3, 0))
        .withMessageContaining("got -3");
  }

  @Example
  void rejectsBadProbabilitiesAndLabels() {
    INDArray p = batchOfFirstClass(0.5, 0.5);
    int[] labels = {0, 1};
    for (BiFunction<INDArray, int[], Object> function : ALL) {
      assertRejected(
          () -> function.apply(p, new int[] {0, 2}), "labels[1] must be in [0, 2), got 2");
      assertRejected(
          () -> function.apply(p, new int[] {-1, 0}), "labels[0] must be in [0, 2), got -1");
      assertRejected(() -> function.apply(p, new int[] {0}), "one per example (2), got 1");
      assertRejected(() -> function.apply(p, null), "labels must be one per example");
      assertRejected(() -> function.apply(p.reshape(1, 2, 2), labels), "[batch, classes]");
      assertRejected(
          () -> function.apply(Nd4j.create(DataType.FLOAT, 0, 2), labels), "batch > 0, got [0, 2]");
      assertRejected(
          () -> function.apply(batchOfFirstClass(0.5, Double.NaN), labels),
          "probabilities[1, 0] must be finite and >= 0, got NaN");
    }
  }

  @Example
  void rejectsBadBinsThresholdsAndUncertainties() {
    INDArray p = batchOfFirstClass(0.5, 0.5);
    int[] labels = {0, 1};
    INDArray two = array(new double[] {1, 2}, 2);
    INDArray three = array(new double[] {1, 2, 3}, 3);
    INDArray nan = array(new double[] {1, Double.NaN}, 2);
    assertRejected(() -> Calibration.ece(p, labels, 0), "bins must be >= 1, got 0");
    assertRejected(() -> Calibration.adaptiveEce(p, labels, 0), "bins must be >= 1, got 0");
    assertRejected(() -> Calibration.reliability(p, labels, -1), "bins must be >= 1, got -1");
    assertRejected(
        () -> Calibration.accuracyVersusUncertainty(p, two, labels, Double.NaN),
        "threshold must be finite, got NaN");
    assertRejected(
        () -> Calibration.accuracyVersusUncertainty(p, three, labels, 1),
        "uncertainty must be one per example (2), got 3");
    assertRejected(
        () -> Calibration.accuracyVersusUncertainty(p, nan, labels, 1),
        "uncertainty[1] must be a number, got NaN");
  }

  @Provide
  Arbitrary<Labelled> labelled() {
    return Predictions.labelled();
  }

  private static double fraction(double value) {
    return value - Math.floor(value);
  }
}
