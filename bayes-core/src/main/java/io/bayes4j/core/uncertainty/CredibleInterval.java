package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The central range that holds a given share of the sampled values, or of a predicted mixture.
 *
 * @param lower the lower ends, float32 [batch, classes] or [batch, outputs]
 * @param upper the upper ends, in the same shape
 */
public record CredibleInterval(INDArray lower, INDArray upper) {
  /**
   * Checks the ends.
   *
   * @throws IllegalArgumentException if one is missing, or their shapes differ
   */
  public CredibleInterval {
    Require.open(lower, "lower");
    Require.open(upper, "upper");
    Tensors.checkSameShape(lower, "lower", upper, "upper");
  }
}
