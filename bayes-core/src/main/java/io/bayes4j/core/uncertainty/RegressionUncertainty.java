package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The uncertainty of a regression whose posterior samples each predict a Gaussian.
 *
 * <p>Means and variances are float32 of shape {@code [samples, batch, outputs]}; the prediction is
 * the even mixture of the samples. Its variance splits by the law of total variance into the mean
 * of the variances (aleatoric) and the variance of the means (epistemic). Arguments are left
 * unchanged, results are new float32 arrays.
 *
 * <p>Every function throws {@link IllegalArgumentException} if an array is not float32, has the
 * wrong shape or an empty axis, or holds a value that is not finite, or a variance that is
 * negative; the message says where.
 *
 * <p>Lakshminarayanan, Pritzel, Blundell, "Simple and Scalable Predictive Uncertainty Estimation
 * using Deep Ensembles", 2017; Kendall, Gal, "What Uncertainties Do We Need in Bayesian Deep
 * Learning for Computer Vision?", 2017.
 */
public final class RegressionUncertainty {
  private static final double LOG_TWO_PI = Math.log(2 * Math.PI);

  private RegressionUncertainty() {}

  /** The mean of the mixture, [batch, outputs]. */
  public static INDArray predictiveMean(INDArray means) {
    Draws draws = Draws.outputs(means, "means", Tensors.Bound.NONE);
    return draws.table(draws.mean());
  }

  /** The population variance of the means over samples, [batch, outputs]. */
  public static INDArray epistemicVariance(INDArray means) {
    Draws draws = Draws.outputs(means, "means", Tensors.Bound.NONE);
    return draws.table(draws.variance());
  }

  /** The mean of the variances over samples, [batch, outputs]. */
  public static INDArray aleatoricVariance(INDArray variances) {
    Draws draws = Draws.outputs(variances, "variances", Tensors.Bound.NOT_NEGATIVE);
    return draws.table(draws.mean());
  }

  /** The variance of the mixture, epistemic plus aleatoric, [batch, outputs]. */
  public static INDArray totalVariance(INDArray means, INDArray variances) {
    Draws ofMeans = Draws.outputs(means, "means", Tensors.Bound.NONE);
    double[] total = ofMeans.variance();
    double[] aleatoric = Draws.outputs(variances, "variances", Tensors.Bound.NOT_NEGATIVE).mean();
    Tensors.checkSameShape(means, "means", variances, "variances");
    for (int i = 0; i < total.length; i++) {
      total[i] += aleatoric[i];
    }
    return ofMeans.table(total);
  }

  /**
   * The negative log-likelihood of the targets under the mixture, in nats, mean over the batch.
   *
   * <p>Within a sample the outputs are independent, so that their log-densities add; the log of the
   * mean density over samples is taken last, by log-sum-exp.
   *
   * @param means float32 [samples, batch, outputs]
   * @param variances float32 [samples, batch, outputs], all above zero
   * @param targets float32 [batch, outputs]
   */
  public static double mixtureNll(INDArray means, INDArray variances, INDArray targets) {
    Samples mean = means(means);
    Samples variance = variances(variances, Tensors.Bound.POSITIVE);
    Tensors.checkSameShape(means, "means", variances, "variances");
    float[] target =
        Tensors.copyBounded(targets, "targets", Tensors.BATCH_OUTPUTS, Tensors.Bound.NONE);
    Tensors.checkSameShape(means.slice(0), "one sample of means", targets, "targets");
    double total = 0;
    for (int example = 0; example < mean.batch(); example++) {
      double[] logDensity = new double[mean.count()];
      for (int sample = 0; sample < logDensity.length; sample++) {
        for (int output = 0; output < mean.width(); output++) {
          logDensity[sample] +=
              logGaussian(
                  target[example * mean.width() + output],
                  mean.get(sample, example, output),
                  variance.get(sample, example, output));
        }
      }
      total -= logMeanExp(logDensity);
    }
    return total / mean.batch();
  }

  /**
   * The value that a share q of the mixture lies below, [batch, outputs].
   *
   * @param means float32 [samples, batch, outputs]
   * @param variances float32 [samples, batch, outputs]
   * @param q in (0, 1)
   * @throws IllegalArgumentException also if q is out of range
   */
  public static INDArray quantile(INDArray means, INDArray variances, double q) {
    Require.argument(q > 0 && q < 1, "q must be in (0, 1), got %s", q);
    Samples mean = means(means);
    Samples variance = variances(variances, Tensors.Bound.NOT_NEGATIVE);
    Tensors.checkSameShape(means, "means", variances, "variances");
    double[] quantiles = new double[mean.batch() * mean.width()];
    for (int example = 0; example < mean.batch(); example++) {
      for (int output = 0; output < mean.width(); output++) {
        GaussianMixture mixture = GaussianMixture.of(mean, variance, example, output);
        quantiles[example * mean.width() + output] = mixture.quantile(q);
      }
    }
    return mean.table(quantiles);
  }

  /**
   * The central interval that holds a share of the mixture: from the quantile at {@code (1 - level)
   * / 2} to the one at {@code (1 + level) / 2}.
   *
   * @param level in (0, 1)
   * @throws IllegalArgumentException also if level is out of range
   */
  public static CredibleInterval interval(INDArray means, INDArray variances, double level) {
    Require.argument(level > 0 && level < 1, "level must be in (0, 1), got %s", level);
    return new CredibleInterval(
        quantile(means, variances, (1 - level) / 2), quantile(means, variances, (1 + level) / 2));
  }

  /**
   * How honest and how sharp the {@link #interval} of a level is on targets.
   *
   * @param means float32 [samples, batch, outputs]
   * @param variances float32 [samples, batch, outputs]
   * @param targets float32 [batch, outputs]
   * @param level in (0, 1)
   * @throws IllegalArgumentException also if level is out of range
   */
  public static IntervalScores intervalScores(
      INDArray means, INDArray variances, INDArray targets, double level) {
    CredibleInterval interval = interval(means, variances, level);
    float[] target =
        Tensors.copyBounded(targets, "targets", Tensors.BATCH_OUTPUTS, Tensors.Bound.NONE);
    Tensors.checkSameShape(interval.lower(), "one sample of means", targets, "targets");
    float[] lower = FloatMemory.numbers(interval.lower(), "lower");
    float[] upper = FloatMemory.numbers(interval.upper(), "upper");
    double inside = 0;
    double width = 0;
    double outside = 0;
    for (int i = 0; i < target.length; i++) {
      inside += target[i] >= lower[i] && target[i] <= upper[i] ? 1 : 0;
      width += (double) upper[i] - lower[i];
      outside += Math.max(0, (double) lower[i] - target[i]);
      outside += Math.max(0, (double) target[i] - upper[i]);
    }
    double n = target.length;
    return new IntervalScores(
        level, inside / n, width / n, (width + 2 / (1 - level) * outside) / n);
  }

  private static Samples means(INDArray means) {
    return Samples.outputs(means, "means", Tensors.Bound.NONE);
  }

  private static Samples variances(INDArray variances, Tensors.Bound bound) {
    return Samples.outputs(variances, "variances", bound);
  }

  private static double logGaussian(double value, double mean, double variance) {
    double deviation = value - mean;
    return -0.5 * (LOG_TWO_PI + Math.log(variance) + deviation * deviation / variance);
  }

  static double logMeanExp(double[] logs) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (double log : logs) {
      greatest = Math.max(greatest, log);
    }
    double sum = 0;
    for (double log : logs) {
      sum += Math.exp(log - greatest);
    }
    return greatest + Math.log(sum / logs.length);
  }
}
