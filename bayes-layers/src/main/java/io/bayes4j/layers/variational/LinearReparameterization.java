package io.bayes4j.layers.variational;

import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Init;

/**
 * As {@link io.bayes4j.layers.Linear}, with Gaussian weights drawn by {@link
 * Estimator#REPARAMETERIZATION}.
 */
public final class LinearReparameterization extends VariationalAffine {
  /** A layer with bias. */
  public LinearReparameterization(long inputs, long units, VariationalSpec spec, Init init) {
    this(new AffineOp.Dense(inputs, units, true), spec, init);
  }

  /** A layer with options, as {@code AffineOp.Dense.of(64, 10).withoutBias()}. */
  public LinearReparameterization(AffineOp.Dense op, VariationalSpec spec, Init init) {
    this(op, Posterior.fresh(op, spec, init));
  }

  LinearReparameterization(AffineOp.Dense op, Posterior posterior) {
    super(op, Estimator.REPARAMETERIZATION, posterior);
  }
}
