package io.bayes4j.layers.variational;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;

/**
 * As {@link io.bayes4j.layers.Conv3d}, with Gaussian weights drawn by {@link
 * Estimator#REPARAMETERIZATION}.
 */
public final class Conv3dReparameterization extends VariationalAffine {
  /**
   * A layer with the given options.
   *
   * @throws IllegalArgumentException if the kernel does not have 3 spatial axes
   */
  public Conv3dReparameterization(ConvSpec conv, VariationalSpec spec, Init init) {
    this(new AffineOp.Conv(Require.nonNull(conv, "conv")), spec, init);
  }

  private Conv3dReparameterization(AffineOp.Conv op, VariationalSpec spec, Init init) {
    this(op, Posterior.fresh(op, spec, init));
  }

  Conv3dReparameterization(AffineOp.Conv op, Posterior posterior) {
    super(new AffineOp.Conv(op.spec().requireRank(3)), Estimator.REPARAMETERIZATION, posterior);
  }
}
