package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The continuous ranked probability score: the integral over x of the squared distance of the
 * predicted distribution function from the step at the target, in the target's unit. Smaller is
 * better; for a prediction without spread it is the absolute error.
 *
 * <p>Arrays are float32 [batch, outputs], draws [samples, batch, outputs]; results are means over
 * all numbers, for sets that come in batches those of {@link CrpsEvaluator} and {@link
 * RegressionEvaluator}. Every function throws {@link IllegalArgumentException} if they are not
 * such, if shapes differ, a number is not finite or a spread negative.
 *
 * <p>Gneiting, Raftery, "Strictly Proper Scoring Rules, Prediction, and Estimation", 2007.
 */
public final class Crps {
  private Crps() {}

  /**
   * Of Gaussians, in closed form.
   *
   * @param means of the predictions
   * @param sigmas standard deviations, 0 or more
   * @param targets what came
   */
  public static double gaussian(INDArray means, INDArray sigmas, INDArray targets) {
    float[] mean = finite(means, "means");
    float[] y = finite(targets, "targets");
    float[] sigma =
        Tensors.copyBounded(sigmas, "sigmas", Tensors.BATCH_OUTPUTS, Tensors.Bound.NOT_NEGATIVE);
    Tensors.checkSameShape(means, "means", sigmas, "sigmas");
    Tensors.checkSameShape(means, "means", targets, "targets");
    OrderFreeSum sum = new OrderFreeSum();
    for (int i = 0; i < y.length; i++) {
      double[] only = {mean[i]};
      sum.add(new GaussianMixture(only, new double[] {sigma[i]}).crps(y[i]));
    }
    return sum.value() / y.length;
  }

  /**
   * Of even mixtures of Gaussians, one of each sample, in closed form.
   *
   * @param means [samples, batch, outputs]
   * @param variances [samples, batch, outputs], 0 or more
   * @param targets what came, [batch, outputs]
   */
  public static double mixture(INDArray means, INDArray variances, INDArray targets) {
    return new RegressionEvaluator().add(means, variances, targets).scores().crps();
  }

  /**
   * Of draws from the prediction, by the fair estimator, whose expectation is the score of the
   * distribution that they come from, whatever their number: the mean distance of the draws from
   * the target less half their mean distance from <em>other</em> draws (Ferro, "Fair scores for
   * ensemble forecasts", 2014). Of one example it can be below zero. properscoring's {@code
   * crps_ensemble} is {@link #ofEmpirical}.
   *
   * @param draws [samples, batch, outputs], two samples or more
   * @param targets what came, [batch, outputs]
   * @throws IllegalArgumentException also if there is one sample alone
   */
  public static double ofDraws(INDArray draws, INDArray targets) {
    CrpsEvaluator all = new CrpsEvaluator().add(draws, targets);
    Require.argument(
        draws.size(0) > 1, "draws must have two samples or more for the fair estimator, got 1");
    return all.ofDraws();
  }

  /**
   * Of the distribution that consists of the draws and nothing else: with few draws it is larger
   * than that of the distribution they come from.
   *
   * @param draws [samples, batch, outputs]
   * @param targets what came, [batch, outputs]
   */
  public static double ofEmpirical(INDArray draws, INDArray targets) {
    return new CrpsEvaluator().add(draws, targets).ofEmpirical();
  }

  private static float[] finite(INDArray array, String name) {
    return Tensors.copyBounded(array, name, Tensors.BATCH_OUTPUTS, Tensors.Bound.NONE);
  }
}
