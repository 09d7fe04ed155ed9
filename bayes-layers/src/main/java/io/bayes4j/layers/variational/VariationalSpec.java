package io.bayes4j.layers.variational;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.Prior;

/**
 * What a Bayesian layer believes before training.
 *
 * @param prior of every weight
 * @param initialSigma standard deviation that every weight's posterior starts with
 */
@CheckReturnValue
public record VariationalSpec(Prior prior, double initialSigma) {
  /** softplus(-3), the usual start of Bayesian-Torch and of Blundell et al. */
  private static final double SOFTPLUS_OF_MINUS_3 = Math.log1p(Math.exp(-3));

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if initialSigma is not finite and above zero
   */
  public VariationalSpec {
    Require.nonNull(prior, "prior");
    Require.positiveAsFloat(initialSigma, "initialSigma");
  }

  /** Prior N(0, 1), posterior spread softplus(-3) = 0.0486: Bayesian-Torch's defaults. */
  public static VariationalSpec defaults() {
    return new VariationalSpec(GaussianPrior.of(0, 1), SOFTPLUS_OF_MINUS_3);
  }

  /** The same with another prior. */
  public VariationalSpec withPrior(Prior other) {
    Require.nonNull(other, "other");
    return new VariationalSpec(other, initialSigma);
  }

  /** The same with another initial standard deviation. */
  public VariationalSpec withInitialSigma(double sigma) {
    return new VariationalSpec(prior, sigma);
  }
}
