package io.bayes4j.layers.predict;

import io.bayes4j.core.uncertainty.RegressionUncertainty;
import org.nd4j.linalg.api.ndarray.INDArray;

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

  /** Negative log-likelihood of targets [N, D] under the mixture of the draws, nats per example. */
  public double negativeLogLikelihood(INDArray targets) {
    return RegressionUncertainty.mixtureNll(means, variances, targets);
  }
}
