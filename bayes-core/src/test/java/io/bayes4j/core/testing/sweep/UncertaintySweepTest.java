package io.bayes4j.core.testing.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.corruption.Corruption;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.uncertainty.AccuracyVersusUncertainty;
import io.bayes4j.core.uncertainty.ActionRule;
import io.bayes4j.core.uncertainty.AdaptiveCalibrationEvaluator;
import io.bayes4j.core.uncertainty.CalibrationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.ClasswiseCalibration;
import io.bayes4j.core.uncertainty.ConformalClassifier;
import io.bayes4j.core.uncertainty.ConformalScore;
import io.bayes4j.core.uncertainty.CrpsEvaluator;
import io.bayes4j.core.uncertainty.FeatureDensity;
import io.bayes4j.core.uncertainty.GuaranteedRefusal;
import io.bayes4j.core.uncertainty.IntervalScores;
import io.bayes4j.core.uncertainty.LogitScaling;
import io.bayes4j.core.uncertainty.OnlineConformal;
import io.bayes4j.core.uncertainty.OracleCollaboration;
import io.bayes4j.core.uncertainty.OutOfDistributionEvaluator;
import io.bayes4j.core.uncertainty.PredictionIntervals;
import io.bayes4j.core.uncertainty.RefusalCriterion;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.core.uncertainty.RegressionEvaluator;
import io.bayes4j.core.uncertainty.RunningUncertainty;
import io.bayes4j.core.uncertainty.SelectivePrediction;
import io.bayes4j.core.uncertainty.SparsificationCurve;
import io.bayes4j.core.uncertainty.UncertaintyRanking;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Noise and the measures of uncertainty, called with every wrong argument. */
final class UncertaintySweepTest {
  private static final int[] LABELS = {0, 1};

  @Test
  void everyWrongArgumentIsNamedOrHasAMeaning() {
    ArgumentSweep sweep =
        new ArgumentSweep(Noise.class, examples())
            .ofPackages(
                "io.bayes4j.core.random",
                "io.bayes4j.core.uncertainty",
                "io.bayes4j.core.corruption")
            .withoutHugeSizes();
    allow(sweep);
    sweep.run();

    assertThat(sweep.findings()).isEmpty();
    assertThat(sweep.triples()).as("calls with a wrong argument").isGreaterThan(500);
  }

  private static INDArray array(long... shape) {
    return Samples.normals(1, shape).muli(0.1).addi(1);
  }

  private static INDArray probabilities() {
    return Samples.array(new long[] {2, 2}, 0.2, 0.8, 0.7, 0.3);
  }

  private static INDArray draws() {
    return Samples.array(new long[] {2, 2, 2}, 0.2, 0.8, 0.7, 0.3, 0.4, 0.6, 0.9, 0.1);
  }

  private static Examples examples() {
    Examples examples = new Examples();
    examples
        .put("int", () -> 1)
        .put("long", () -> 1L)
        .put("double", () -> 0.5)
        .put("String", () -> "name")
        .put("shape: long[]", () -> new long[] {2, 3})
        .put("float[]", () -> new float[4])
        .put("int[]", () -> new int[] {0, 1})
        .put("double[]", () -> new double[] {0.1, 0.7})
        .put("boolean[]", () -> new boolean[] {true, false})
        .put("INDArray", () -> array(2, 3))
        .put("Noise", () -> Noise.seeded(1));
    measures(examples);
    conformal(examples);
    evaluators(examples);
    return examples;
  }

  private static void measures(Examples examples) {
    examples
        .put("Calibration.probabilities", UncertaintySweepTest::probabilities)
        .put("Calibration.uncertainty", () -> array(2))
        .put("SelectivePrediction.uncertainty", () -> array(2))
        .put("SelectivePrediction.uncertainty: double[]", () -> new double[] {0.1, 0.2})
        .put("RegressionUncertainty.means", () -> array(2, 2, 3))
        .put("RegressionUncertainty.variances", () -> array(2, 2, 3))
        .put(
            "RefusalRule.calibrateForAccuracy.criterion",
            () -> RefusalCriterion.PREDICTIVE_ENTROPY_BELOW)
        .put("RefusalRule.calibrateForAccuracy.labels", () -> new int[] {1, 0})
        .put("ClassificationEvaluator", () -> new ClassificationEvaluator(5))
        .put("ClassificationEvaluator.probabilities", UncertaintySweepTest::probabilities)
        .put("probabilities: INDArray", UncertaintySweepTest::draws)
        .put("RefusalRule", () -> RefusalRule.medianAbove(0.6))
        .put("RefusalCriterion", () -> RefusalCriterion.MEAN_ABOVE)
        .put("RiskCoverageCurve", UncertaintySweepTest::curve);
  }

  private static void evaluators(Examples examples) {
    double[] scores = {0.1, 0.7};
    examples
        .put("CalibrationEvaluator", () -> new CalibrationEvaluator(5))
        .put("CalibrationEvaluator.probabilities", UncertaintySweepTest::probabilities)
        .put(
            "AdaptiveCalibrationEvaluator",
            () -> new AdaptiveCalibrationEvaluator().add(probabilities(), LABELS))
        .put("AdaptiveCalibrationEvaluator.probabilities", UncertaintySweepTest::probabilities)
        .put("AccuracyVersusUncertainty", () -> new AccuracyVersusUncertainty(1, 2, 3, 4))
        .put("CrpsEvaluator", CrpsEvaluator::new)
        .put(
            List.of(
                "CalibrationEvaluator.addPlaces.probabilities",
                "AdaptiveCalibrationEvaluator.addPlaces.probabilities",
                "ClassificationEvaluator.addPlaces.probabilities"),
            () -> Samples.array(new long[] {1, 2, 2}, 0.2, 0.7, 0.8, 0.3))
        .put("labels: INDArray", () -> Samples.array(new long[] {1, 2}, 0, 1))
        .put("RunningUncertainty", RunningUncertainty::new)
        .put("RunningUncertainty.probabilities", UncertaintySweepTest::probabilities)
        .put("UncertaintyRanking", () -> new UncertaintyRanking().add(scores, scores))
        .put("SparsificationCurve", () -> SparsificationCurve.of(scores, scores))
        .put("OracleCollaboration", () -> new OracleCollaboration().add(scores, scores, LABELS))
        .put("OutOfDistributionEvaluator", OutOfDistributionEvaluator::new)
        .put("RegressionEvaluator", RegressionEvaluator::new)
        .put(
            List.of("RegressionEvaluator.means", "RegressionEvaluator.variances"),
            () -> array(2, 2, 3))
        .put(
            List.of("Crps.mixture.means", "Crps.mixture.variances", "draws: INDArray"),
            () -> array(2, 2, 3))
        .put("FeatureDensity.classes", () -> 2)
        .put("ConformalClassifier.ofThresholds.classes", () -> 2)
        .put("FeatureDensity", () -> FeatureDensity.ddu(array(2, 3), LABELS, 2))
        .put("LogitScaling", UncertaintySweepTest::scaling)
        .put("LogitScaling.logits", () -> array(1, 2, 3))
        .put("LogitScaling.arrays", () -> scaling().arrays())
        .put("ClasswiseCalibration", UncertaintySweepTest::classwise)
        .put("ClasswiseCalibration.probabilities", UncertaintySweepTest::probabilities)
        .put("ClasswiseCalibration.arrays", () -> classwise().arrays())
        .put("ActionRule", ActionRule::mean)
        .put("rewards: INDArray", () -> array(2, 2, 3))
        .put("double[][]", () -> new double[][] {{1, 2}, {3, 4}})
        .put("Corruption", () -> Corruption.CONTRAST)
        .put("images: INDArray", () -> Noise.seeded(1).uniforms(1, 3, 16, 16))
        .put("IntervalScores", () -> new IntervalScores(0.9, 1, 1, 1));
  }

  private static LogitScaling scaling() {
    return LogitScaling.temperature(array(1, 2, 3), LABELS);
  }

  private static ClasswiseCalibration classwise() {
    return ClasswiseCalibration.isotonic(probabilities(), LABELS);
  }

  private static Object curve() {
    return SelectivePrediction.riskCoverage(new double[] {0.1, 0.2}, new boolean[] {true, false});
  }

  private static void conformal(Examples examples) {
    examples
        .put("ConformalScore", ConformalScore::lac)
        .put("ConformalClassifier.probabilities", UncertaintySweepTest::probabilities)
        .put("ConformalClassifier.calibrateForGroups.count", () -> 2)
        .put("PredictionIntervals", () -> new PredictionIntervals(array(2, 3), array(2, 3)))
        .put("PredictionSets", () -> classifier().sets(probabilities()))
        .put("OnlineConformal", () -> new OnlineConformal(0.1, 0.1, 10))
        .put(
            "GuaranteedRefusal",
            () ->
                GuaranteedRefusal.wrongExamplesAtMost(
                    0.5, new double[] {1, 2}, new boolean[] {true, true}));
  }

  private static ConformalClassifier classifier() {
    return ConformalClassifier.calibrate(
        ConformalScore.lac(), 0.5, probabilities(), new int[] {0, 1});
  }

  private static void allow(ArgumentSweep sweep) {
    sweep
        .without(
            "ConformalClassifier.sets|ConformalRegressor.adjusted|ConformalRegressor.interval",
            "overloads that need limits of their own kind: ConformalTest, ConformalRegressorTest")
        .allow("Noise.seeded(seed) *|Noise.split(id) *|Noise.split(name) *", "any number, any name")
        .allow("Noise.*(out) *", "overwritten, as far as offset and length say")
        .allow("Noise.*(shape) one more", "one axis more")
        .allow("Uncertainty.quantiles(q) one more", "any number of quantiles")
        .allow("Noise.fill*(target) *", "any shape, and nothing to fill if there are no elements")
        .allow("ConformalScore.*(seed) *", "any number")
        .allow(
            "OutOfDistribution.*Distribution) *|SelectivePrediction.*(uncertainty) *"
                + "|GuaranteedRefusal.*(uncertainty) *|OnlineConformal.observe(score) *",
            "scores of any size, infinite ones too")
        .allow("ConformalClassifier.ofThresholds(thresholds) * infinite", "nothing is ruled out")
        .allow("GuaranteedRefusal.new(limit) *", "infinite where all or none are answered")
        .allow(
            "PredictionIntervals.new(*content*", "infinite where calibration had too few examples")
        .allow("Calibration.accuracyVersusUncertainty(threshold) -1", "nothing is certain")
        .allow("Calibration.accuracyVersusUncertainty(uncertainty) content Inf*", "never certain")
        .allow("RefusalReport.of(decisions) element -1", "a refusal")
        .allow(
            "UncertaintyRanking.add(uncertainty) *|SparsificationCurve.of(uncertainty) *"
                + "|OracleCollaboration.add(uncertainty) *|OutOfDistributionEvaluator.add*(scores) *"
                + "|Referral.*(uncertainty) *|Acquisition.greatest(scores) *",
            "scores of any size and number, infinite ones too")
        .allow(
            "SpreadCalibration.of(errors) element -1",
            "below zero where predictions were too large")
        .allow("RunningUncertainty.add(probabilities) rank 7", "places of any rank")
        .allow("ActionRule.lowerBound(deviations) *", "below zero for one who seeks risk")
        .allow("*.of(arrays) blank key", "other arrays are left alone")
        .allow("*.addPlaces(ignored) *", "any label may be left out")
        .allow("*.addPlaces(labels) type *", "whole numbers of any type")
        .allow(
            "SpreadCalibration.Bin.new(*|BrierDecomposition.new(*|UncertaintySplit.new(*|RegressionScores.new(intervals) null"
                + "|RegressionScores.new(*|OutOfDistributionScores.new(*"
                + "|ClassificationScores.new(*|ReliabilityBin.new(*|RefusalReport.new(*"
                + "|RiskCoverageCurve.Point.new(*|CredibleInterval.new(*|IntervalScores.new(*",
            "results, which the library makes and users read");
  }
}
