package io.bayes4j.core.variational;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;

/** A tensor of weights with what was believed of it before the data and what is believed now. */
public final class VariationalParameter {
  private final GaussianPosterior posterior;
  private volatile Prior prior;

  /** A tensor with a posterior that training changes, and a prior that it does not. */
  public VariationalParameter(GaussianPosterior posterior, Prior prior) {
    this.posterior = Require.nonNull(posterior, "posterior");
    this.prior = Require.nonNull(prior, "prior");
  }

  /** What is believed now. */
  public GaussianPosterior posterior() {
    return posterior;
  }

  /** What was believed before the data. */
  public Prior prior() {
    return prior;
  }

  /** Believes something else before the next data. */
  public void setPrior(Prior prior) {
    this.prior = Require.nonNull(prior, "prior");
  }

  /**
   * KL(posterior || prior) in nats, summed over the elements.
   *
   * @param noise for priors whose divergence is estimated from a draw
   */
  public Var kl(Noise noise) {
    return prior.kl(posterior, Require.nonNull(noise, "noise"));
  }
}
