package io.bayes4j.layers.variational;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;

/**
 * As {@link io.bayes4j.layers.Conv1d}, with Gaussian weights drawn by {@link
 * Estimator#REPARAMETERIZATION}.
 */
public final class Conv1dReparameterization extends VariationalAffine {
  /**
   * A layer with the given options.
   *
   * @throws IllegalArgumentException if the kernel does not have 1 spatial axis
   */
  public Conv1dReparameterization(ConvSpec conv, VariationalSpec spec, Init init) {
    this(new AffineOp.Conv(Require.nonNull(conv, "conv")), spec, init);
  }

  private Conv1dReparameterization(AffineOp.Conv op, VariationalSpec spec, Init init) {
    this(op, Posterior.fresh(op, spec, init));
  }

  Conv1dReparameterization(AffineOp.Conv op, Posterior posterior) {
    super(new AffineOp.Conv(op.spec().requireRank(1)), Estimator.REPARAMETERIZATION, posterior);
  }
}
