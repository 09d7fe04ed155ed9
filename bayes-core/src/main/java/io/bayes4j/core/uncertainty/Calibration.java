package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Scores of class probabilities against labels, and how far their confidence can be trusted.
 *
 * <p>Probabilities are float32 of shape {@code [batch, classes]} (for a Bayesian model the mean
 * over its samples) whose rows sum to 1 within 1e-3; labels are one class per example. Arguments
 * are left unchanged. Confidence is the greatest class probability, and the predicted class is the
 * lowest class that has it. For a set that comes in batches use {@link ClassificationEvaluator},
 * {@link CalibrationEvaluator} and {@link AdaptiveCalibrationEvaluator}, and {@link
 * AccuracyVersusUncertainty#merge}.
 *
 * <p>Every function throws {@link IllegalArgumentException} if the probabilities are not such, if
 * the labels are not one per example and in [0, classes), or if {@code bins} is below 1; the
 * message says where.
 *
 * <p>Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017.
 */
public final class Calibration {
  /** The number of bins of Guo et al. */
  public static final int DEFAULT_BINS = 15;

  /** The least probability whose logarithm {@link #nll} takes: lower ones count as this one. */
  public static final double PROBABILITY_FLOOR = 1e-12;

  private Calibration() {}

  /** The share of examples whose predicted class is the label. */
  public static double accuracy(INDArray probabilities, int[] labels) {
    return scores(probabilities, labels).accuracy();
  }

  /**
   * The negative log-likelihood of the labels, in nats, mean over the batch. A probability below
   * {@link #PROBABILITY_FLOOR} counts as the floor, so that no example costs more than 27.7.
   */
  public static double nll(INDArray probabilities, int[] labels) {
    return scores(probabilities, labels).nll();
  }

  /**
   * The squared distance of the probabilities to the one-hot label, summed over classes, mean over
   * the batch: 0 to 2. For two classes it is twice what scikit-learn's {@code brier_score_loss} of
   * the second class gives.
   *
   * <p>Brier, "Verification of forecasts expressed in terms of probability", 1950.
   */
  public static double brier(INDArray probabilities, int[] labels) {
    return scores(probabilities, labels).brier();
  }

  /** All scores of one batch at once, with {@link #DEFAULT_BINS} bins. */
  public static ClassificationScores scores(INDArray probabilities, int[] labels) {
    return new ClassificationEvaluator().add(probabilities, labels).scores();
  }

  /** The expected calibration error with {@link #DEFAULT_BINS} bins. */
  public static double ece(INDArray probabilities, int[] labels) {
    return ece(probabilities, labels, DEFAULT_BINS);
  }

  /**
   * The expected calibration error: the distance of accuracy from mean confidence in bins of equal
   * width of confidence, weighted by their shares of the examples.
   */
  public static double ece(INDArray probabilities, int[] labels, int bins) {
    return histogram(probabilities, labels, bins).expectedError();
  }

  /** The greatest distance of accuracy from mean confidence among bins of equal width. */
  public static double maxCalibrationError(INDArray probabilities, int[] labels, int bins) {
    return histogram(probabilities, labels, bins).greatestError();
  }

  /** The reliability diagram: bins of equal width from low to high confidence, empty ones too. */
  public static List<ReliabilityBin> reliability(INDArray probabilities, int[] labels, int bins) {
    return histogram(probabilities, labels, bins).toList();
  }

  /**
   * The expected calibration error in bins of (nearly) equal numbers of examples.
   *
   * <p>Examples of equal confidence share a bin, that of the first of them, so that the order of
   * the examples does not matter; with more bins than examples each confidence is a bin.
   *
   * <p>Nguyen, O'Connor, "Posterior calibration and exploratory analysis for natural language
   * processing models", 2015.
   */
  public static double adaptiveEce(INDArray probabilities, int[] labels, int bins) {
    return new AdaptiveCalibrationEvaluator().add(probabilities, labels).ece(bins);
  }

  /**
   * The probability that a random example of class 1 is given a greater probability of it than one
   * of class 0, a tie counting half: the area under the ROC curve of two classes, exact.
   *
   * @param probabilities float32 [batch, 2]
   * @param labels 0 or 1 for each example
   * @throws IllegalArgumentException also if there are not two classes, or not examples of both
   */
  public static double auroc(INDArray probabilities, int[] labels) {
    LabelledProbabilities examples = LabelledProbabilities.of(probabilities, labels);
    Require.argument(
        examples.classes() == 2,
        "probabilities must have 2 classes for an ROC curve, got %d",
        examples.classes());
    int positive = Arrays.stream(labels).sum();
    Require.argument(
        positive > 0 && positive < labels.length,
        "labels must be of both classes, got %d of class 1 among %d",
        positive,
        labels.length);
    double[] yes = new double[positive];
    double[] no = new double[labels.length - positive];
    int ofYes = 0;
    for (int i = 0; i < labels.length; i++) {
      double[] group = labels[i] == 1 ? yes : no;
      group[labels[i] == 1 ? ofYes : i - ofYes] = examples.probability(i, 1);
      ofYes += labels[i];
    }
    return OutOfDistribution.auroc(no, yes);
  }

  /**
   * How many examples are right or wrong, and certain (uncertainty not above the threshold) or
   * uncertain.
   *
   * @param uncertainty float32 [batch], such as {@link Uncertainty#predictiveEntropy}, without NaN
   * @param threshold a finite number in the unit of the uncertainty
   * @throws IllegalArgumentException also if there is not one uncertainty per example, if one is
   *     NaN, or if the threshold is not finite
   */
  public static AccuracyVersusUncertainty accuracyVersusUncertainty(
      INDArray probabilities, INDArray uncertainty, int[] labels, double threshold) {
    Require.argument(Double.isFinite(threshold), "threshold must be finite, got %s", threshold);
    LabelledProbabilities examples = LabelledProbabilities.of(probabilities, labels);
    double[] scores = Tensors.copyScores(uncertainty, "uncertainty");
    Require.argument(
        scores.length == examples.size(),
        "uncertainty must be one per example (%d), got %d",
        examples.size(),
        scores.length);
    long[] right = new long[2];
    long[] wrong = new long[2];
    for (int i = 0; i < scores.length; i++) {
      long[] cells = examples.correct(i) ? right : wrong;
      cells[scores[i] <= threshold ? 0 : 1]++;
    }
    return new AccuracyVersusUncertainty(right[0], right[1], wrong[0], wrong[1]);
  }

  private static ReliabilityHistogram histogram(INDArray probabilities, int[] labels, int bins) {
    ReliabilityHistogram histogram = new ReliabilityHistogram(bins);
    histogram.add(LabelledProbabilities.of(probabilities, labels));
    return histogram;
  }
}
