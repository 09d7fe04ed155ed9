package io.bayes4j.layers.predict;

import io.bayes4j.core.uncertainty.CredibleInterval;
import io.bayes4j.core.uncertainty.RegressionUncertainty;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Predicted Gaussians of a batch under many draws of the weights.
 *
 * @param means mean of every draw, [samples, N, D]
 * @param variances variance of the observation noise in every draw, [samples, N, D]
 */
public record RegressionPrediction(INDArray means, INDArray variances) {
  /** Mean over the draws, [N, D]: the prediction. */
  public INDArray mean() {
    return RegressionUncertainty.predictiveMean(means);
  }

  /** What the model does not know: variance of the means over the draws, [N, D]. */
  public INDArray epistemicVariance() {
    return RegressionUncertainty.epistemicVariance(means);
  }

  /** What cannot be known: mean of the variances, [N, D]. */
  public INDArray aleatoricVariance() {
    return RegressionUncertainty.aleatoricVariance(variances);
  }

  /** Sum of both, [N, D]. */
  public INDArray totalVariance() {
    return RegressionUncertainty.totalVariance(means, variances);
  }

  /** Root of the total variance, [N, D], in the targets' unit. */
  public INDArray standardDeviation() {
    return Transforms.sqrt(totalVariance(), false);
  }

  /** The value that a share q, in (0, 1), of the predicted mixture lies below, [N, D]. */
  public INDArray quantile(double q) {
    return RegressionUncertainty.quantile(means, variances, q);
  }

  /**
   * The central interval that holds a share, in (0, 1), of the predicted mixture: where a target is
   * expected, the noise of the observation included.
   */
  public CredibleInterval interval(double level) {
    return RegressionUncertainty.interval(means, variances, level);
  }

  /** Negative log-likelihood of targets [N, D] under the mixture of the draws, nats per example. */
  public double negativeLogLikelihood(INDArray targets) {
    return RegressionUncertainty.mixtureNll(means, variances, targets);
  }
}
