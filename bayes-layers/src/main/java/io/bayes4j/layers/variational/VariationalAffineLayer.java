package io.bayes4j.layers.variational;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Init;

/** A Bayesian layer of any affine operation, such as one of your own, with any estimator. */
public final class VariationalAffineLayer extends VariationalAffine {
  /** An untrained layer. */
  public VariationalAffineLayer(AffineOp op, Estimator estimator, VariationalSpec spec, Init init) {
    this(
        Require.nonNull(op, "op"),
        Require.nonNull(estimator, "estimator"),
        Posterior.fresh(op, Require.nonNull(spec, "spec"), Require.nonNull(init, "init")));
  }

  VariationalAffineLayer(AffineOp op, Estimator estimator, Posterior posterior) {
    super(op, estimator, posterior);
  }
}
