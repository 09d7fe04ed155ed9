package io.bayes4j.layers.variational;

import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Init;

/**
 * Makes the Bayesian layer for an operation and an estimator: the only other place that lists the
 * classes.
 */
public final class VariationalLayers {
  private VariationalLayers() {}

  /**
   * A layer with given distributions, which are not copied.
   *
   * @param bias null if the operation has none
   */
  public static VariationalAffine of(
      AffineOp op, Estimator estimator, VariationalParameter kernel, VariationalParameter bias) {
    return of(op, estimator, new Posterior(kernel, bias));
  }

  /** An untrained layer. */
  public static VariationalAffine fresh(
      AffineOp op, Estimator estimator, VariationalSpec spec, Init init) {
    return of(op, estimator, Posterior.fresh(op, spec, init));
  }

  private static VariationalAffine of(AffineOp op, Estimator estimator, Posterior q) {
    boolean flipout = estimator == Estimator.FLIPOUT;
    if (op instanceof AffineOp.Dense dense) {
      return flipout ? new LinearFlipout(dense, q) : new LinearReparameterization(dense, q);
    }
    if (op instanceof AffineOp.Conv conv) {
      return switch (conv.spec().rank()) {
        case 1 -> flipout ? new Conv1dFlipout(conv, q) : new Conv1dReparameterization(conv, q);
        case 2 -> flipout ? new Conv2dFlipout(conv, q) : new Conv2dReparameterization(conv, q);
        default -> flipout ? new Conv3dFlipout(conv, q) : new Conv3dReparameterization(conv, q);
      };
    }
    AffineOp.ConvTranspose conv = (AffineOp.ConvTranspose) op;
    return switch (conv.spec().rank()) {
      case 1 ->
          flipout
              ? new ConvTranspose1dFlipout(conv, q)
              : new ConvTranspose1dReparameterization(conv, q);
      case 2 ->
          flipout
              ? new ConvTranspose2dFlipout(conv, q)
              : new ConvTranspose2dReparameterization(conv, q);
      default ->
          flipout
              ? new ConvTranspose3dFlipout(conv, q)
              : new ConvTranspose3dReparameterization(conv, q);
    };
  }
}
