package io.bayes4j.core.variational;

import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.random.Noise;

/** What is believed of a tensor of weights before data are seen. */
public sealed interface Prior permits GaussianPrior, ScaleMixturePrior {
  /**
   * The Kullback-Leibler divergence KL(posterior || prior) in nats, summed over the elements, with
   * its gradient.
   *
   * @param noise used by priors whose divergence is estimated from a draw, ignored by the others
   * @return a scalar
   * @throws IllegalArgumentException if the prior has one mean or sigma for each element of another
   *     shape
   */
  Var kl(GaussianPosterior posterior, Noise noise);
}
