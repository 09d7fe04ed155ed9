package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What draws say together, and the parts of their uncertainty, in nats; see {@link Uncertainty}.
 *
 * @param mean the mean over samples, [batch, classes]
 * @param predictiveEntropy total uncertainty, [batch]
 * @param expectedEntropy aleatoric uncertainty, [batch]
 * @param mutualInformation epistemic uncertainty, [batch]
 */
public record UncertaintySplit(
    INDArray mean,
    INDArray predictiveEntropy,
    INDArray expectedEntropy,
    INDArray mutualInformation) {
  /**
   * Checks that all are there.
   *
   * @throws IllegalArgumentException if one is missing or closed
   */
  public UncertaintySplit {
    Require.open(mean, "mean");
    Require.open(predictiveEntropy, "predictiveEntropy");
    Require.open(expectedEntropy, "expectedEntropy");
    Require.open(mutualInformation, "mutualInformation");
  }
}
