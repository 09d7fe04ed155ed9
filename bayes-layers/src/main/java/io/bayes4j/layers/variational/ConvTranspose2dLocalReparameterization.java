package io.bayes4j.layers.variational;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;

/**
 * As {@link io.bayes4j.layers.ConvTranspose2d}, with Gaussian weights drawn by {@link
 * Estimator#LOCAL_REPARAMETERIZATION}.
 */
public final class ConvTranspose2dLocalReparameterization extends VariationalAffine {
  /**
   * A layer with the given options.
   *
   * @throws IllegalArgumentException if the kernel does not have 2 spatial axes
   */
  public ConvTranspose2dLocalReparameterization(ConvSpec conv, VariationalSpec spec, Init init) {
    this(new AffineOp.ConvTranspose(Require.nonNull(conv, "conv")), spec, init);
  }

  private ConvTranspose2dLocalReparameterization(
      AffineOp.ConvTranspose op, VariationalSpec spec, Init init) {
    this(op, Posterior.fresh(op, spec, init));
  }

  ConvTranspose2dLocalReparameterization(AffineOp.ConvTranspose op, Posterior posterior) {
    super(
        new AffineOp.ConvTranspose(op.spec().requireRank(2)),
        Estimator.LOCAL_REPARAMETERIZATION,
        posterior);
  }
}
