package io.bayes4j.layers.variational;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Pass;
import java.util.Map;

/** A Bayesian layer that is affine in its weights: what all dense and convolutional ones share. */
public abstract sealed class VariationalAffine implements VariationalLayer
    permits LinearReparameterization,
        LinearFlipout,
        LinearLocalReparameterization,
        Conv1dReparameterization,
        Conv1dFlipout,
        Conv1dLocalReparameterization,
        Conv2dReparameterization,
        Conv2dFlipout,
        Conv2dLocalReparameterization,
        Conv3dReparameterization,
        Conv3dFlipout,
        Conv3dLocalReparameterization,
        ConvTranspose1dReparameterization,
        ConvTranspose1dFlipout,
        ConvTranspose1dLocalReparameterization,
        ConvTranspose2dReparameterization,
        ConvTranspose2dFlipout,
        ConvTranspose2dLocalReparameterization,
        ConvTranspose3dReparameterization,
        ConvTranspose3dFlipout,
        ConvTranspose3dLocalReparameterization,
        VariationalAffineLayer {
  private final AffineOp op;
  private final Estimator estimator;
  private final Posterior posterior;

  VariationalAffine(AffineOp op, Estimator estimator, Posterior posterior) {
    this.op = op;
    this.estimator = estimator;
    this.posterior = posterior;
  }

  /** The operation that the weights are used in. */
  public final AffineOp op() {
    return op;
  }

  /** How randomness reaches the output. */
  public final Estimator estimator() {
    return estimator;
  }

  @Override
  public final void draw(Pass pass) {
    Require.nonNull(pass, "pass");
    if (pass.mode().drawsWeights()) {
      estimator.prepare(posterior, pass);
    }
  }

  @Override
  public final Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(x.rank() >= 2, "x must be [N, ...], got shape %s", Require.text(x.shape()));
    if (!pass.mode().drawsWeights()) {
      return op.apply(x, posterior.mean());
    }
    return estimator.forward(op, posterior, x, pass);
  }

  @Override
  public final Map<String, VariationalParameter> distributions() {
    return posterior.byName();
  }

  @Override
  public final Map<String, Parameter> parameters() {
    return VariationalLayer.parameters(distributions());
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "(" + op + ")";
  }
}
