package io.bayes4j.spark;

import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;

/**
 * Scores of scored rows, as aggregations: for all rows, by group, or in SQL.
 *
 * <pre>{@code
 * UserDefinedFunction scores = Evaluation.classification(15);
 * scored.groupBy("hospital").agg(scores.apply(col("probability"), col("label")).as("scores"));
 * }</pre>
 *
 * <p>What partitions hold is merged; the numbers do not depend on the partitions to the last bit.
 * Rows with a null are left out, and {@code count} says how many were scored.
 */
public final class Evaluation {
  private Evaluation() {}

  /**
   * A function of probabilities (an ML vector) and the class (a number): a struct of count,
   * accuracy, nll in nats, brier and ece, see {@link
   * io.bayes4j.core.uncertainty.ClassificationScores}.
   *
   * @param bins of the calibration error
   * @throws IllegalArgumentException if bins is below 1
   */
  public static UserDefinedFunction classification(int bins) {
    ClassificationAggregator aggregator = new ClassificationAggregator(bins);
    return functions.udaf(aggregator, Encoders.row(LabelledAggregator.INPUT));
  }

  /**
   * A function of probabilities (an ML vector) and the class (a number): a struct of count, ece,
   * maxCalibrationError, classwiseEce, uce, smoothEce, the reliability, resolution and uncertainty
   * of the Brier score, and bins, the reliability diagram: an array of lower, upper, count,
   * confidence and accuracy, the last two null where a bin is empty. See {@link
   * io.bayes4j.core.uncertainty.CalibrationEvaluator}.
   *
   * @param bins of the errors and the diagram
   * @throws IllegalArgumentException if bins is below 1
   */
  public static UserDefinedFunction calibration(int bins) {
    CalibrationAggregator aggregator = new CalibrationAggregator(bins);
    return functions.udaf(aggregator, Encoders.row(LabelledAggregator.INPUT));
  }

  /**
   * A function of a score (a number, higher is more uncertain, such as the mutual information) and
   * whether the example is out of distribution (a boolean): a struct of inCount, outCount, auroc,
   * auprIn, auprOut, fprAt95Tpr and detectionAccuracy, null where rows of one kind are missing. See
   * {@link io.bayes4j.core.uncertainty.OutOfDistributionScores}.
   *
   * <p>The measures are exact, for which every score is kept: one executor holds all of a group, in
   * 8 bytes each.
   */
  public static UserDefinedFunction outOfDistribution() {
    OutOfDistributionAggregator aggregator = new OutOfDistributionAggregator();
    return functions.udaf(aggregator, Encoders.row(OutOfDistributionAggregator.INPUT));
  }

  /**
   * A function of means, variances (noise included) and targets, all ML vectors: a struct of count,
   * rmse, mae, crps, coverage, width and interval score, see {@link
   * io.bayes4j.core.uncertainty.RegressionScores}. The prediction is taken for the Gaussian of this
   * mean and variance, of which the mixture of the draws is only nearly one.
   *
   * @param level the share of targets that an interval is to hold, in (0, 1)
   * @throws IllegalArgumentException if the level is out of range
   */
  public static UserDefinedFunction regression(double level) {
    RegressionAggregator aggregator = new RegressionAggregator(level);
    return functions.udaf(aggregator, Encoders.row(RegressionAggregator.INPUT));
  }
}
