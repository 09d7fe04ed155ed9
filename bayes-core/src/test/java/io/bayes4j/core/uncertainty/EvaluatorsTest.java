package io.bayes4j.core.uncertainty;

import static io.bayes4j.core.uncertainty.Predictions.array;
import static io.bayes4j.core.uncertainty.Rejection.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.bayes4j.core.testing.Samples;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Evaluators give the same for any cut, order and merging, and draws are not kept. */
class EvaluatorsTest {
  private static final int N = 60;
  private static final int K = 4;

  private final INDArray probabilities =
      Transforms.softmax(Samples.normals(1, N, K).muli(2)).castTo(DataType.FLOAT);
  private final int[] labels = labels();

  private static int[] labels() {
    int[] labels = new int[N];
    Arrays.setAll(labels, i -> i * 7 % K);
    return labels;
  }

  private static INDArray rows(INDArray all, int... rows) {
    INDArray part =
        all.dup().get(NDArrayIndex.indices(Arrays.stream(rows).asLongStream().toArray()));
    return part.dup('c');
  }

  private static List<Object> results(CalibrationEvaluator evaluator) {
    return List.of(
        evaluator.count(),
        evaluator.ece(),
        evaluator.maxCalibrationError(),
        evaluator.classwiseEce(),
        evaluator.uce(),
        evaluator.smoothEce(),
        evaluator.brierDecomposition());
  }

  @Test
  void calibrationIsTheSameBitForBitInAnyOrderAndCut() {
    CalibrationEvaluator whole = new CalibrationEvaluator().add(probabilities, labels);
    CalibrationEvaluator backwards = new CalibrationEvaluator();
    for (int i = N - 1; i >= N / 2; i--) {
      backwards.add(rows(probabilities, i), new int[] {labels[i]});
    }
    CalibrationEvaluator rest = new CalibrationEvaluator();
    for (int i = 0; i < N / 2; i++) {
      rest.add(rows(probabilities, i), new int[] {labels[i]});
    }
    assertThat(results(backwards.merge(rest).merge(new CalibrationEvaluator())))
        .isEqualTo(results(whole));
    assertThat(results(new CalibrationEvaluator().merge(whole))).isEqualTo(results(whole));
  }

  @Test
  void adaptiveErrorIsTheSameBitForBitInAnyOrderAndCut() {
    // Of 60 confidences 15 are equal, and some bins would end among them.
    INDArray tied = probabilities.dup();
    for (int i = 0; i < N; i += 4) {
      tied.getRow(i).assign(array(new double[] {0.5, 0.25, 0.25, 0}, 1, K));
    }
    AdaptiveCalibrationEvaluator backwards = new AdaptiveCalibrationEvaluator();
    for (int i = N - 1; i >= N / 2; i--) {
      backwards.add(rows(tied, i), new int[] {labels[i]});
    }
    double half = backwards.ece(3);
    AdaptiveCalibrationEvaluator rest = new AdaptiveCalibrationEvaluator();
    for (int i = 0; i < N / 2; i++) {
      rest.add(rows(tied, i), new int[] {labels[i]});
    }
    assertThat(backwards.merge(rest).merge(new AdaptiveCalibrationEvaluator()).count())
        .isEqualTo(N);
    AdaptiveCalibrationEvaluator places = new AdaptiveCalibrationEvaluator();
    places.addPlaces(
        tied.reshape(5, 3, 4, K).permute(0, 3, 1, 2),
        array(Arrays.stream(labels).asDoubleStream().toArray(), 5, 3, 4),
        -1);
    for (int bins : new int[] {1, 3, 7, 15, 100}) {
      double whole = Calibration.adaptiveEce(tied, labels, bins);
      assertThat(backwards.ece(bins)).isEqualTo(whole).isGreaterThan(0);
      assertThat(places.ece(bins)).isEqualTo(whole);
    }
    assertThat(half).isNotEqualTo(backwards.ece(3));
    double before = backwards.ece(7);
    assertThat(backwards.merge(backwards).count()).isEqualTo(2 * N);
    assertThat(backwards.ece(7)).isCloseTo(before, within(1e-12));
    assertRejected(
        () -> backwards.add(array(new double[] {0.5, 0.5}, 1, 2), new int[] {0}),
        "as many classes as before (4), got 2");
  }

  @Test
  void countsOfCertainAndUncertainMerge() {
    INDArray uncertainty = Uncertainty.predictiveEntropy(probabilities.reshape(1, N, K));
    int[] first = IntStream.range(0, 20).toArray();
    int[] second = IntStream.range(20, N).toArray();
    AccuracyVersusUncertainty whole =
        Calibration.accuracyVersusUncertainty(probabilities, uncertainty, labels, 0.7);
    assertThat(certain(uncertainty, second).merge(certain(uncertainty, first))).isEqualTo(whole);
    assertThat(whole.avu()).isBetween(0.2, 0.8);
  }

  private AccuracyVersusUncertainty certain(INDArray uncertainty, int... rows) {
    double[] own = Arrays.stream(rows).mapToDouble(uncertainty::getDouble).toArray();
    int[] ownLabels = Arrays.stream(rows).map(i -> labels[i]).toArray();
    return Calibration.accuracyVersusUncertainty(
        rows(probabilities, rows), array(own, own.length), ownLabels, 0.7);
  }

  @Test
  void scoresOfDrawsAreTheSameBitForBitInAnyCut() {
    INDArray draws = Samples.normals(3, 5, 6, 2);
    INDArray targets = Samples.normals(5, 6, 2);
    CrpsEvaluator parts = new CrpsEvaluator();
    for (int i = 5; i >= 0; i--) {
      parts.merge(new CrpsEvaluator().add(example(draws, i), rows(targets, i)));
    }
    assertThat(parts.count()).isEqualTo(12);
    assertThat(parts.ofDraws()).isEqualTo(Crps.ofDraws(draws, targets));
    assertThat(parts.ofEmpirical()).isEqualTo(Crps.ofEmpirical(draws, targets));
    assertThat(parts.ofDraws()).isLessThan(parts.ofEmpirical());
    parts.add(Samples.normals(6, 1, 6, 2), targets);
    assertThat(parts.count()).isEqualTo(24);
    assertThatIllegalStateException()
        .isThrownBy(parts::ofDraws)
        .withMessageContaining("two draws or more of every example");
    double single = Crps.ofEmpirical(Samples.normals(6, 1, 6, 2), targets);
    assertThat(parts.ofEmpirical())
        .isCloseTo((Crps.ofEmpirical(draws, targets) + single) / 2, within(1e-12));
  }

  @Test
  void placesAreExamplesAndIgnoredOnesAreLeftOut() {
    // [N, K] as 5 images of 3 x 4 places.
    INDArray images = probabilities.reshape(5, 3, 4, K).permute(0, 3, 1, 2);
    INDArray map = array(Arrays.stream(labels).asDoubleStream().toArray(), 5, 3, 4);
    assertThat(results(new CalibrationEvaluator().addPlaces(images, map, -1)))
        .isEqualTo(results(new CalibrationEvaluator().add(probabilities, labels)));

    map.putScalar(0, 255);
    map.putScalar(N - 1, 255);
    int[] kept = IntStream.range(1, N - 1).toArray();
    assertThat(results(new CalibrationEvaluator().addPlaces(images, map, 255)))
        .isEqualTo(
            results(
                new CalibrationEvaluator()
                    .add(rows(probabilities, kept), Arrays.copyOfRange(labels, 1, N - 1))));
    ClassificationEvaluator scores = new ClassificationEvaluator();
    scores.addPlaces(images, map.castTo(DataType.INT32), 255);
    assertThat(scores.scores().count()).isEqualTo(N - 2);
  }

  @Test
  void placesThatAreNoneAreRefused() {
    INDArray images = probabilities.reshape(5, 3, 4, K).permute(0, 3, 1, 2).dup('c');
    INDArray map = array(new double[N], 5, 3, 4);
    CalibrationEvaluator evaluator = new CalibrationEvaluator();
    assertRejected(
        () -> evaluator.addPlaces(images, map.reshape(5, 12), -1),
        "labels must have the shape [5, 3, 4] of the probabilities' places, got [5, 12]");
    map.putScalar(new long[] {0, 2, 1}, 1.5);
    assertRejected(
        () -> evaluator.addPlaces(images, map, -1),
        "labels[0, 2, 1] must be a class in [0, 4) or -1, got 1.5");
    map.putScalar(new long[] {0, 2, 1}, 4);
    assertRejected(() -> evaluator.addPlaces(images, map, 255), "[0, 4) or 255, got 4.0");
    map.putScalar(new long[] {0, 2, 1}, 0);
    images.putScalar(new long[] {1, 2, 2, 3}, 0.9);
    assertRejected(
        () -> evaluator.addPlaces(images, map, 255),
        "the classes that start at probabilities[1, 0, 2, 3] must sum to 1 within 0.001");
    assertThat(evaluator.count()).isZero();
  }

  @Test
  void runningUncertaintyIsThatOfAllDrawsTogether() {
    INDArray draws = Transforms.softmax(Samples.normals(2, 6 * 5 * 12, K)).castTo(DataType.FLOAT);
    INDArray together = draws.reshape(6, 60, K);
    RunningUncertainty first = new RunningUncertainty();
    RunningUncertainty second = new RunningUncertainty();
    for (int s = 0; s < 6; s++) {
      INDArray image = together.slice(s).reshape(5, 3, 4, K).permute(0, 3, 1, 2);
      (s < 2 ? first : second).add(image);
    }
    RunningUncertainty running = new RunningUncertainty().merge(first).merge(second);

    assertThat(running.count()).isEqualTo(6);
    assertThat(running.mean().shape()).containsExactly(5, K, 3, 4);
    assertThat(running.mutualInformation().shape()).containsExactly(5, 3, 4);
    assertClose(
        running.mean().permute(0, 2, 3, 1).dup('c').reshape(60, K), Uncertainty.mean(together));
    assertClose(
        running.variance().permute(0, 2, 3, 1).dup('c').reshape(60, K),
        Uncertainty.variance(together));
    assertClose(running.predictiveEntropy(), Uncertainty.predictiveEntropy(together));
    assertClose(running.expectedEntropy(), Uncertainty.expectedEntropy(together));
    assertClose(running.mutualInformation(), Uncertainty.mutualInformation(together));
    assertRejected(
        () -> running.add(probabilities),
        "probabilities must have the same shape [5, 4, 3, 4] in every draw, got [60, 4]");
  }

  @Test
  void allPartsAtOnceAreThoseOneByOne() {
    INDArray draws =
        Transforms.softmax(Samples.normals(2, 40 * 900, K))
            .castTo(DataType.FLOAT)
            .reshape(40, 900, K);
    UncertaintySplit split = Uncertainty.split(draws);
    assertThat(split.mean()).isEqualTo(Uncertainty.mean(draws));
    assertThat(split.predictiveEntropy()).isEqualTo(Uncertainty.predictiveEntropy(draws));
    assertThat(split.expectedEntropy()).isEqualTo(Uncertainty.expectedEntropy(draws));
    assertThat(split.mutualInformation()).isEqualTo(Uncertainty.mutualInformation(draws));
  }

  private static void assertClose(INDArray ours, INDArray theirs) {
    assertThat(ours.dup('c').reshape(ours.length()).toDoubleVector())
        .containsExactly(theirs.dup('c').reshape(theirs.length()).toDoubleVector(), within(1e-6));
  }

  @Test
  void rankingsAndOtherListsMergeInAnyOrder() {
    double[] uncertainty = {3, 1, 2, 2};
    double[] errors = {1, 0, 2, 0.1};
    UncertaintyRanking one = new UncertaintyRanking().add(uncertainty, errors);
    UncertaintyRanking parts =
        new UncertaintyRanking()
            .add(new double[] {2, 3}, new double[] {0.1, 1})
            .merge(new UncertaintyRanking().add(new double[] {2, 1}, new double[] {2, 0}));
    assertThat(parts.sparsification().model()).isEqualTo(one.sparsification().model());
    assertThat(parts.riskCoverage().augrc()).isEqualTo(one.riskCoverage().augrc());
    assertThat(one.sparsification().errorWithout(0.25)).isCloseTo(0.7, within(1e-12));
    assertThat(one.merge(one).count()).isEqualTo(8);
    OutOfDistributionEvaluator scores =
        new OutOfDistributionEvaluator().addIn(uncertainty).merge(new OutOfDistributionEvaluator());
    assertThatIllegalStateException()
        .isThrownBy(scores::scores)
        .withMessageContaining("got 4 in distribution and 0 out");
  }

  @Test
  void regressionIsTheSameBitForBitInAnyCut() {
    INDArray means = Samples.normals(3, 4, 6, 2);
    INDArray variances = Samples.positive(4, 4, 6, 2);
    INDArray targets = Samples.normals(5, 6, 2);
    RegressionScores whole = new RegressionEvaluator().add(means, variances, targets).scores();
    RegressionEvaluator parts = new RegressionEvaluator();
    for (int i = 5; i >= 0; i--) {
      parts.merge(
          new RegressionEvaluator()
              .add(example(means, i), example(variances, i), rows(targets, i)));
    }
    assertThat(parts.scores()).isEqualTo(whole);
    assertThat(Crps.mixture(means, variances, targets)).isEqualTo(whole.crps());
    assertRejected(
        () -> new RegressionEvaluator().merge(new RegressionEvaluator(0.5, 19)), "level 0.9");
  }

  /** Nanometres in metres, and cents of a nation's budget. */
  @Test
  void scoresOfARegressionFollowItsUnit() {
    INDArray means = Samples.normals(3, 4, 6, 2);
    INDArray variances = Samples.positive(4, 4, 6, 2);
    INDArray targets = Samples.normals(5, 6, 2);
    RegressionScores scores = new RegressionEvaluator().add(means, variances, targets).scores();
    for (double unit : new double[] {0x1p-40, 0x1p-20, 0x1p40}) {
      RegressionScores other =
          new RegressionEvaluator()
              .add(means.mul(unit), variances.mul(unit * unit), targets.mul(unit))
              .scores();
      assertThat(other.rmse()).isEqualTo(unit * scores.rmse());
      assertThat(other.mae()).isEqualTo(unit * scores.mae());
      assertThat(other.crps()).isCloseTo(unit * scores.crps(), withinPercentage(1e-4));
      assertThat(other.intervals().width())
          .isCloseTo(unit * scores.intervals().width(), withinPercentage(1e-4));
    }
  }

  private static INDArray example(INDArray draws, int i) {
    return draws
        .get(NDArrayIndex.all(), NDArrayIndex.interval(i, i + 1), NDArrayIndex.all())
        .dup('c');
  }

  @Test
  void nothingToMeasureIsSaid() {
    assertThatIllegalStateException().isThrownBy(() -> new CalibrationEvaluator().uce());
    assertThatIllegalStateException().isThrownBy(() -> new AdaptiveCalibrationEvaluator().ece(5));
    assertThatIllegalStateException().isThrownBy(() -> new CrpsEvaluator().ofEmpirical());
    assertThatIllegalStateException().isThrownBy(() -> new CrpsEvaluator().ofDraws());
    assertThatIllegalStateException().isThrownBy(() -> new RunningUncertainty().mean());
    assertThatIllegalStateException().isThrownBy(() -> new RegressionEvaluator().scores());
    assertThatIllegalStateException().isThrownBy(() -> new UncertaintyRanking().sparsification());
    assertThatIllegalStateException().isThrownBy(() -> new OracleCollaboration().accuracy(0.1));
    assertRejected(
        () -> Crps.ofDraws(Samples.normals(1, 1, 2, 1), Samples.normals(1, 2, 1)),
        "draws must have two samples or more for the fair estimator, got 1");
  }

  @Test
  void singularFeaturesAreRaisedAndStillRank() {
    INDArray x = array(new double[] {0, 1, 1, 1, 2, 1, 10, 1, 11, 1, 12, 1}, 6, 2);
    int[] own = {0, 0, 0, 1, 1, 1};
    INDArray asked = array(new double[] {1, 1, 6, 1, 1, 5}, 3, 2);
    for (FeatureDensity density :
        List.of(FeatureDensity.mahalanobis(x, own, 2), FeatureDensity.ddu(x, own, 2))) {
      double[] scores = density.scores(asked).toDoubleVector();
      assertThat(scores[0]).isLessThan(scores[1]);
      assertThat(scores[1]).isLessThan(scores[2]);
      assertThat(scores).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY);
    }
  }

  @Test
  void smoothErrorOfWhatIsRightIsSmall() {
    // A share of 0.8 right at confidence 0.8: no error; at confidence 0.9, one of 0.1.
    double[] five = {0.8, 0.8, 0.8, 0.8, 0.8};
    int[] right = {0, 0, 0, 0, 1};
    INDArray honest = Predictions.batchOfFirstClass(five);
    INDArray bold = Predictions.batchOfFirstClass(0.9, 0.9, 0.9, 0.9, 0.9);
    assertThat(new CalibrationEvaluator().add(honest, right).smoothEce()).isLessThan(1e-3);
    assertThat(new CalibrationEvaluator().add(bold, right).smoothEce())
        .isCloseTo(0.1, within(1e-3));
  }
}
