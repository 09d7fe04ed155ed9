package io.bayes4j.layers.variational;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;

/**
 * As {@link io.bayes4j.layers.Conv2d}, with Gaussian weights drawn by {@link
 * Estimator#LOCAL_REPARAMETERIZATION}.
 */
public final class Conv2dLocalReparameterization extends VariationalAffine {
  /**
   * A layer with the given options.
   *
   * @throws IllegalArgumentException if the kernel does not have 2 spatial axes
   */
  public Conv2dLocalReparameterization(ConvSpec conv, VariationalSpec spec, Init init) {
    this(new AffineOp.Conv(Require.nonNull(conv, "conv")), spec, init);
  }

  private Conv2dLocalReparameterization(AffineOp.Conv op, VariationalSpec spec, Init init) {
    this(op, Posterior.fresh(op, spec, init));
  }

  Conv2dLocalReparameterization(AffineOp.Conv op, Posterior posterior) {
    super(
        new AffineOp.Conv(op.spec().requireRank(2)), Estimator.LOCAL_REPARAMETERIZATION, posterior);
  }
}
