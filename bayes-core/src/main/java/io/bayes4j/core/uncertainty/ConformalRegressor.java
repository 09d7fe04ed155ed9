package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns predictions of a regression into ranges that hold the target with a probability of at least
 * 1 - alpha, whatever the model and the data, if later examples are exchangeable with those that
 * the limits were fixed on.
 *
 * <p>Each output has a limit of its own, so that the probability holds for each output by itself,
 * not for all of them together. Arrays are float32 [batch, outputs]; all functions throw {@link
 * IllegalArgumentException} if they are not, if shapes differ, or a number is not finite. As for
 * {@link ConformalClassifier}, calibration examples must be held out.
 */
public final class ConformalRegressor {
  private static final Logger LOG = LoggerFactory.getLogger(ConformalRegressor.class);

  private final Kind kind;
  private final double[] thresholds;

  private enum Kind {
    ABSOLUTE("interval(means)"),
    SCALED("interval(means, sigmas)"),
    QUANTILES("adjusted(lower, upper)");

    private final String call;

    Kind(String call) {
      this.call = call;
    }
  }

  private ConformalRegressor(Kind kind, double[] thresholds) {
    this.kind = kind;
    this.thresholds = thresholds;
  }

  /** The score of an element. */
  @FunctionalInterface
  private interface Score {
    double of(int element);
  }

  /**
   * Ranges of one width: the score is the distance of target and mean (Lei et al. 2018).
   *
   * @param alpha the share of ranges that may miss the target, in (0, 1)
   * @param means of held-out examples
   * @param targets their targets
   * @throws IllegalArgumentException also if alpha is out of range
   */
  public static ConformalRegressor calibrate(double alpha, INDArray means, INDArray targets) {
    float[] mean = finite(means, "means");
    float[] y = like(targets, "targets", means, "means");
    Score score = i -> Math.abs((double) y[i] - mean[i]);
    return new ConformalRegressor(Kind.ABSOLUTE, thresholds(alpha, means, score));
  }

  /**
   * Ranges as wide as the model is unsure: the score is the distance in standard deviations (Lei et
   * al. 2018, section 5.2).
   *
   * @param sigmas standard deviations of the prediction, above zero, such as the roots of the total
   *     variance
   * @throws IllegalArgumentException also if alpha is out of range, or a sigma not above zero
   */
  public static ConformalRegressor calibrateScaled(
      double alpha, INDArray means, INDArray sigmas, INDArray targets) {
    float[] mean = finite(means, "means");
    float[] sigma = sigmas(sigmas, means);
    float[] y = like(targets, "targets", means, "means");
    Score score = i -> Math.abs((double) y[i] - mean[i]) / sigma[i];
    return new ConformalRegressor(Kind.SCALED, thresholds(alpha, means, score));
  }

  /**
   * Ranges of a model that predicts quantiles, widened or narrowed (Romano, Patterson, Candès,
   * "Conformalized Quantile Regression", 2019).
   *
   * @param lower predicted lower quantiles of held-out examples, such as those at alpha / 2
   * @param upper predicted upper quantiles
   * @throws IllegalArgumentException also if alpha is out of range
   */
  public static ConformalRegressor calibrateQuantiles(
      double alpha, INDArray lower, INDArray upper, INDArray targets) {
    float[] low = finite(lower, "lower");
    float[] high = like(upper, "upper", lower, "lower");
    float[] y = like(targets, "targets", lower, "lower");
    Score score = i -> Math.max((double) low[i] - y[i], (double) y[i] - high[i]);
    return new ConformalRegressor(Kind.QUANTILES, thresholds(alpha, lower, score));
  }

  private static double[] thresholds(double alpha, INDArray like, Score score) {
    ConformalQuantile.requireAlpha(alpha);
    int batch = (int) like.size(0);
    int outputs = (int) like.size(1);
    double[] thresholds = new double[outputs];
    double[] scores = new double[batch];
    for (int output = 0; output < outputs; output++) {
      for (int i = 0; i < batch; i++) {
        scores[i] = score.of(i * outputs + output);
      }
      thresholds[output] = ConformalQuantile.of(scores, alpha);
    }
    if (Double.isInfinite(thresholds[0])) {
      LOG.warn(
          "{} calibration examples are too few for alpha {}, which needs {}: ranges are infinite",
          batch,
          alpha,
          ConformalQuantile.fewest(alpha));
    }
    return thresholds;
  }

  /**
   * Ranges around means.
   *
   * @throws IllegalArgumentException also if there is another number of outputs
   * @throws IllegalStateException if the limits are not those of {@link #calibrate}
   */
  public PredictionIntervals interval(INDArray means) {
    requireKind(Kind.ABSOLUTE);
    float[] mean = finite(means, "means");
    return around(means, i -> mean[i], i -> mean[i], i -> 1);
  }

  /**
   * Ranges around means, as wide as sigma says.
   *
   * @throws IllegalArgumentException also if there is another number of outputs, or a sigma is not
   *     above zero
   * @throws IllegalStateException if the limits are not those of {@link #calibrateScaled}
   */
  public PredictionIntervals interval(INDArray means, INDArray sigmas) {
    requireKind(Kind.SCALED);
    float[] mean = finite(means, "means");
    float[] sigma = sigmas(sigmas, means);
    return around(means, i -> mean[i], i -> mean[i], i -> sigma[i]);
  }

  /**
   * Ranges between quantiles, widened or narrowed.
   *
   * @throws IllegalArgumentException also if there is another number of outputs
   * @throws IllegalStateException if the limits are not those of {@link #calibrateQuantiles}
   */
  public PredictionIntervals adjusted(INDArray lower, INDArray upper) {
    requireKind(Kind.QUANTILES);
    float[] low = finite(lower, "lower");
    float[] high = like(upper, "upper", lower, "lower");
    return around(lower, i -> low[i], i -> high[i], i -> 1);
  }

  /** The limits, one for each output; infinite if calibration had too few examples. */
  public double[] thresholds() {
    return thresholds.clone();
  }

  private PredictionIntervals around(INDArray like, Score low, Score high, Score unit) {
    Require.argument(
        like.size(1) == thresholds.length,
        "predictions must have %d outputs, as at calibration, got shape %s",
        thresholds.length,
        Require.text(like.shape()));
    double[] lower = new double[(int) like.length()];
    double[] upper = new double[lower.length];
    for (int i = 0; i < lower.length; i++) {
      double margin = thresholds[i % thresholds.length] * unit.of(i);
      lower[i] = low.of(i) - margin;
      upper[i] = high.of(i) + margin;
    }
    return new PredictionIntervals(
        Tensors.array(lower, like.shape()), Tensors.array(upper, like.shape()));
  }

  private void requireKind(Kind asked) {
    Require.state(kind == asked, "the limits are for %s, not for %s", kind.call, asked.call);
  }

  private static float[] finite(INDArray array, String name) {
    return Tensors.copyBounded(array, name, Tensors.BATCH_OUTPUTS, Tensors.Bound.NONE);
  }

  private static float[] like(INDArray array, String name, INDArray other, String otherName) {
    float[] numbers = finite(array, name);
    Tensors.checkSameShape(other, otherName, array, name);
    return numbers;
  }

  private static float[] sigmas(INDArray sigmas, INDArray means) {
    float[] sigma =
        Tensors.copyBounded(sigmas, "sigmas", Tensors.BATCH_OUTPUTS, Tensors.Bound.POSITIVE);
    Tensors.checkSameShape(means, "means", sigmas, "sigmas");
    return sigma;
  }
}
