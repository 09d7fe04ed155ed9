package io.bayes4j.layers.predict;

import io.bayes4j.core.uncertainty.CredibleInterval;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.core.uncertainty.Uncertainty;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Class probabilities of a batch under many draws of the weights, and what they say together.
 *
 * <p>The spread over draws is epistemic: what the model does not know and more data could teach it.
 * The entropy of each draw is aleatoric: what no data can. See {@link Uncertainty} for the
 * formulas.
 */
public final class Prediction {
  private final INDArray probabilities;

  Prediction(INDArray probabilities) {
    this.probabilities = probabilities;
  }

  /** Probabilities of every draw, [samples, N, K]. */
  public INDArray probabilities() {
    return probabilities;
  }

  /** Probabilities averaged over the draws, [N, K]: the prediction. */
  public INDArray mean() {
    return Uncertainty.mean(probabilities);
  }

  /** The most probable class of each example. */
  public int[] classes() {
    return mean().argMax(1).toIntVector();
  }

  /** Variance of each probability over the draws, [N, K]. */
  public INDArray variance() {
    return Uncertainty.variance(probabilities);
  }

  /** Quantile of each probability over the draws, [N, K]; 0.5 is the median. */
  public INDArray quantile(double q) {
    return Uncertainty.quantile(probabilities, q);
  }

  /** The central interval that holds this share of the draws, for each probability. */
  public CredibleInterval interval(double level) {
    return Uncertainty.interval(probabilities, level);
  }

  /** Total uncertainty of each example: entropy of the mean, [N], in nats. */
  public INDArray predictiveEntropy() {
    return Uncertainty.predictiveEntropy(probabilities);
  }

  /** Aleatoric uncertainty of each example: mean of the entropies, [N], in nats. */
  public INDArray expectedEntropy() {
    return Uncertainty.expectedEntropy(probabilities);
  }

  /**
   * Epistemic uncertainty of each example: mutual information of class and weights, [N], in nats.
   */
  public INDArray mutualInformation() {
    return Uncertainty.mutualInformation(probabilities);
  }

  /**
   * The class of each example, or {@link RefusalRule#REFUSED} where the rule says "I don't know".
   *
   * @param rule when to answer
   */
  public int[] decide(RefusalRule rule) {
    return rule.decide(probabilities);
  }
}
