package io.bayes4j.layers.variational;

import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.PlainRecurrent;
import io.bayes4j.layers.RecurrentOp;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

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

  /**
   * A recurrent layer with given distributions by name, which are not copied.
   *
   * @param distributions one for each weight of the operation, by PyTorch's names
   * @throws IllegalArgumentException if names or shapes are not the operation's
   */
  public static VariationalRecurrent of(
      RecurrentOp op, Estimator estimator, Map<String, VariationalParameter> distributions) {
    boolean flipout = estimator == Estimator.FLIPOUT;
    return switch (op.cell()) {
      case LSTM ->
          flipout
              ? new LstmFlipout(op, distributions)
              : new LstmReparameterization(op, distributions);
      case GRU ->
          flipout
              ? new GruFlipout(op, distributions)
              : new GruReparameterization(op, distributions);
    };
  }

  /**
   * The Bayesian counterpart of a plain layer, with the same options.
   *
   * @param distribution what becomes of each of its parameters
   * @return empty if the kind of layer has no counterpart
   */
  public static Optional<VariationalLayer> counterpart(
      Layer plain, Estimator estimator, Function<Parameter, VariationalParameter> distribution) {
    if (plain instanceof Affine affine) {
      Parameter bias = affine.parameters().get("bias");
      VariationalParameter kernel = distribution.apply(affine.parameters().get("weight"));
      return Optional.of(
          of(affine.op(), estimator, kernel, bias == null ? null : distribution.apply(bias)));
    }
    if (plain instanceof PlainRecurrent recurrent) {
      Map<String, VariationalParameter> all = new LinkedHashMap<>();
      recurrent.parameters().forEach((name, p) -> all.put(name, distribution.apply(p)));
      return Optional.of(of(recurrent.op(), estimator, all));
    }
    return Optional.empty();
  }

  /**
   * The plain counterpart of a Bayesian layer at its posterior mean, with the same options; the
   * weights are copies, frozen if the means are.
   *
   * @return empty if the kind of layer has no counterpart
   */
  public static Optional<Layer> plain(VariationalLayer bayesian) {
    return PlainLayers.of(bayesian);
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
