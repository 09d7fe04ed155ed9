package io.bayes4j.layers.variational;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;

/**
 * As {@link io.bayes4j.layers.ConvTranspose1d}, with Gaussian weights drawn by {@link
 * Estimator#LOCAL_REPARAMETERIZATION}.
 */
public final class ConvTranspose1dLocalReparameterization extends VariationalAffine {
  /**
   * A layer with the given options.
   *
   * @throws IllegalArgumentException if the kernel does not have 1 spatial axis
   */
  public ConvTranspose1dLocalReparameterization(ConvSpec conv, VariationalSpec spec, Init init) {
    this(new AffineOp.ConvTranspose(Require.nonNull(conv, "conv")), spec, init);
  }

  private ConvTranspose1dLocalReparameterization(
      AffineOp.ConvTranspose op, VariationalSpec spec, Init init) {
    this(op, Posterior.fresh(op, spec, init));
  }

  ConvTranspose1dLocalReparameterization(AffineOp.ConvTranspose op, Posterior posterior) {
    super(
        new AffineOp.ConvTranspose(op.spec().requireRank(1)),
        Estimator.LOCAL_REPARAMETERIZATION,
        posterior);
  }
}
