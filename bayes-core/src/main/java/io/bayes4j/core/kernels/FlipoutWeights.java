package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Require;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights of a convolution that differ between examples (flipout, Wen et al. 2018): example n has
 * the kernel mean[u, c, ...] + outputFactors[n, u] * perturbation[u, c, ...] * inputFactors[n, c]
 * and the bias meanBias[u] + outputFactors[n, u] * perturbationBias[u].
 *
 * @param mean what the kernels have in common [U, C / groups, kernel ...]
 * @param meanBias what the biases have in common [U], or null for nothing
 * @param perturbation what the factors multiply, in the shape of the mean
 * @param perturbationBias what the output factors multiply [U], or null for nothing
 * @param inputFactors constants, usually signs [N, C]
 * @param outputFactors constants, usually signs [N, U]
 */
public record FlipoutWeights(
    INDArray mean,
    @Nullable INDArray meanBias,
    INDArray perturbation,
    @Nullable INDArray perturbationBias,
    INDArray inputFactors,
    INDArray outputFactors) {

  /**
   * Checks that the arrays are there.
   *
   * @throws IllegalArgumentException if one that must not be null is, or one is closed
   */
  public FlipoutWeights {
    Require.open(mean, "mean");
    Require.openIfGiven(meanBias, "meanBias");
    Require.open(perturbation, "perturbation");
    Require.openIfGiven(perturbationBias, "perturbationBias");
    Require.open(inputFactors, "inputFactors");
    Require.open(outputFactors, "outputFactors");
  }
}
