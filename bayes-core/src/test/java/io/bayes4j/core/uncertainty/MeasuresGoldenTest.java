package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares measures with what other libraries give, and definitions give; see measures_golden.py.
 */
class MeasuresGoldenTest {
  private static final double ROUNDING = 1e-6;

  private static List<Golden> cases(String kind) throws IOException {
    return Golden.cases("measures.json", kind);
  }

  static List<Golden> classification() throws IOException {
    return cases("classification");
  }

  static List<Golden> ranking() throws IOException {
    return cases("ranking");
  }

  static List<Golden> ood() throws IOException {
    return cases("ood");
  }

  static List<Golden> collaboration() throws IOException {
    return cases("collaboration");
  }

  static List<Golden> crps() throws IOException {
    return cases("crps");
  }

  static List<Golden> regression() throws IOException {
    return cases("regression");
  }

  static List<Golden> density() throws IOException {
    return cases("density");
  }

  static List<Golden> logits() throws IOException {
    return cases("logits");
  }

  @ParameterizedTest
  @MethodSource("classification")
  void calibration(Golden golden) {
    INDArray probabilities = golden.rows("probabilities", "classes");
    int[] labels = golden.whole("labels");
    CalibrationEvaluator evaluator = new CalibrationEvaluator().add(probabilities, labels);

    golden.check("ece_hand", evaluator.ece(), ROUNDING);
    golden.check("ece_netcal", evaluator.ece(), ROUNDING);
    golden.check("ece_torchmetrics", evaluator.ece(), ROUNDING);
    golden.check("mce_netcal", evaluator.maxCalibrationError(), ROUNDING);
    golden.check("classwise_hand", evaluator.classwiseEce(), ROUNDING);
    golden.check("classwise_netcal", evaluator.classwiseEce(), ROUNDING);
    golden.check("uce_hand", evaluator.uce(), ROUNDING);
    golden.check("smooth_hand", evaluator.smoothEce(), 1e-3);
    golden.check("smooth_relplot", evaluator.smoothEce(), 2e-3);
  }

  @ParameterizedTest
  @MethodSource("classification")
  void brier(Golden golden) {
    INDArray probabilities = golden.rows("probabilities", "classes");
    int[] labels = golden.whole("labels");
    BrierDecomposition parts =
        new CalibrationEvaluator().add(probabilities, labels).brierDecomposition();
    double brier = Calibration.brier(probabilities, labels);

    assertThat(
            List.of(
                parts.reliability(),
                parts.resolution(),
                parts.uncertainty(),
                parts.withinBinVariance(),
                parts.withinBinCovariance()))
        .zipSatisfy(
            Arrays.stream(golden.numbers("brier_parts_hand")).boxed().toList(),
            (ours, theirs) -> assertThat(ours).isCloseTo(theirs, within(ROUNDING)));
    assertThat(parts.brier()).isCloseTo(brier, within(1e-12));
    golden.check("brier_hand", brier, ROUNDING);
    golden.check("half_brier_sklearn", brier / 2, ROUNDING);
    if (golden.node().has("auroc_sklearn")) {
      golden.check("auroc_sklearn", Calibration.auroc(probabilities, labels), ROUNDING);
    }
  }

  @ParameterizedTest
  @MethodSource("ranking")
  void selection(Golden golden) {
    double[] uncertainty = golden.numbers("uncertainty");
    RiskCoverageCurve curve =
        new UncertaintyRanking().add(uncertainty, golden.numbers("wrong")).riskCoverage();
    golden.check("aurc_hand", curve.aurc(), ROUNDING);
    golden.check("excess_hand", curve.excessAurc(), ROUNDING);
    golden.check("augrc_hand", curve.augrc(), ROUNDING);
    golden.check("augrc_auroc", curve.augrc(), ROUNDING);
    if (golden.node().has("aurc_tu")) {
      // Theirs: trapezoids between the first example and the last, stretched to the whole.
      double n = uncertainty.length;
      List<RiskCoverageCurve.Point> points = curve.points();
      double ends = points.get(0).risk() + points.get(points.size() - 1).risk();
      double generalized = (points.get(0).wrong() + points.get(points.size() - 1).wrong()) / n;
      golden.check("aurc_tu", (curve.aurc() - 0.5 * ends / n) / (1 - 1 / n), 1e-5);
      double sum = points.stream().mapToDouble(point -> point.wrong() / n).sum();
      golden.check("augrc_tu", (sum - 0.5 * generalized) / (n - 1), 1e-5);
    }

    SparsificationCurve sparsification =
        SparsificationCurve.of(uncertainty, golden.numbers("errors"));
    golden.check("ause_hand", sparsification.ause(), ROUNDING);
    golden.check("normalized_ause_tu", sparsification.normalizedAuse(), 1e-5);
    assertThat(sparsification.model())
        .containsExactly(golden.numbers("model_hand"), within(ROUNDING));
  }

  @ParameterizedTest
  @MethodSource("ood")
  void outOfDistribution(Golden golden) {
    OutOfDistributionScores scores =
        new OutOfDistributionEvaluator()
            .addIn(golden.numbers("in"))
            .addOut(golden.numbers("out"))
            .scores();
    golden.check("auroc_sklearn", scores.auroc(), ROUNDING);
    golden.check("aupr_in_sklearn", scores.auprIn(), ROUNDING);
    golden.check("aupr_out_sklearn", scores.auprOut(), ROUNDING);
    golden.check("fpr95_hand", scores.fprAt95Tpr(), ROUNDING);
    golden.check("fpr95_tu", scores.fprAt95Tpr(), ROUNDING);
  }

  @ParameterizedTest
  @MethodSource("collaboration")
  void oracleCollaboration(Golden golden) {
    OracleCollaboration both =
        new OracleCollaboration()
            .add(
                golden.numbers("probabilities"),
                golden.numbers("uncertainty"),
                golden.whole("labels"));
    double share = golden.number("share");
    golden.check("auroc_sklearn", both.auroc(share), ROUNDING);
    golden.check("accuracy_hand", both.accuracy(share), ROUNDING);
  }

  @ParameterizedTest
  @MethodSource("crps")
  void continuousRankedProbabilityScore(Golden golden) {
    INDArray targets = golden.table("targets");
    INDArray draws = golden.cube("draws");
    golden.check(
        "gaussian_properscoring",
        Crps.gaussian(golden.table("means"), golden.table("sigmas"), targets),
        ROUNDING);
    golden.check("ensemble_properscoring", Crps.ofEmpirical(draws, targets), ROUNDING);
    if (draws.size(0) > 1) {
      golden.check("fair_hand", Crps.ofDraws(draws, targets), ROUNDING);
    }
  }

  @ParameterizedTest
  @MethodSource("regression")
  void mixturesOfGaussians(Golden golden) {
    INDArray means = golden.cube("means");
    INDArray variances = golden.cube("variances");
    INDArray targets = golden.table("targets");
    RegressionScores scores = new RegressionEvaluator().add(means, variances, targets).scores();

    golden.check("crps_quadrature", scores.crps(), ROUNDING);
    golden.check("coverage_hand", scores.intervals().coverage(), ROUNDING);
    golden.check("width_hand", scores.intervals().width(), ROUNDING);
    golden.check("winkler_hand", scores.intervals().score(), ROUNDING);
    golden.check("quantile_hand", scores.quantileError(), ROUNDING);
    golden.check("rmse_hand", scores.rmse(), ROUNDING);
    golden.check("mae_hand", scores.mae(), ROUNDING);
    IntervalScores direct = RegressionUncertainty.intervalScores(means, variances, targets, 0.9);
    golden.check("winkler_hand", direct.score(), 1e-5);
  }

  @ParameterizedTest
  @MethodSource("density")
  void featureDensity(Golden golden) {
    INDArray x = golden.rows("x", "features");
    INDArray asked = golden.rows("asked", "features");
    int[] labels = golden.whole("labels");
    int classes = (int) golden.number("classes");
    assertThat(FeatureDensity.mahalanobis(x, labels, classes).scores(asked).toDoubleVector())
        .containsExactly(golden.numbers("mahalanobis_numpy"), within(1e-3));
    assertThat(FeatureDensity.ddu(x, labels, classes).scores(asked).toDoubleVector())
        .containsExactly(golden.numbers("ddu_scipy"), within(1e-3));
  }

  @ParameterizedTest
  @MethodSource("logits")
  void logitScores(Golden golden) {
    INDArray logits = golden.rows("logits", "classes");
    assertThat(LogitScores.maxSoftmax(logits).toDoubleVector())
        .containsExactly(golden.numbers("msp"), within(ROUNDING));
    assertThat(LogitScores.maxLogit(logits).toDoubleVector())
        .containsExactly(golden.numbers("max_logit"), within(1e-5));
    assertThat(LogitScores.energy(logits, 1).toDoubleVector())
        .containsExactly(golden.numbers("energy"), within(1e-5));
    assertThat(LogitScores.energy(logits, 2).toDoubleVector())
        .containsExactly(golden.numbers("energy2"), within(1e-5));
  }
}
