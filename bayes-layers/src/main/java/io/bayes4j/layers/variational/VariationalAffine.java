package io.bayes4j.layers.variational;

import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Weights;
import java.util.Map;

/** A Bayesian layer that is affine in its weights: what all dense and convolutional ones share. */
public abstract sealed class VariationalAffine implements VariationalLayer
    permits LinearReparameterization,
        LinearFlipout,
        Conv1dReparameterization,
        Conv1dFlipout,
        Conv2dReparameterization,
        Conv2dFlipout,
        Conv3dReparameterization,
        Conv3dFlipout,
        ConvTranspose1dReparameterization,
        ConvTranspose1dFlipout,
        ConvTranspose2dReparameterization,
        ConvTranspose2dFlipout,
        ConvTranspose3dReparameterization,
        ConvTranspose3dFlipout {
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
  public final Var forward(Var x, Pass pass) {
    if (!pass.mode().drawsWeights()) {
      return op.apply(x, posterior.mean());
    }
    Noise noise = pass.noise();
    Weights draw = pass.once(this, () -> estimator.draw(posterior, noise));
    return op.apply(x, estimator.terms(op, posterior, draw, noise, x.size(0), pass.firstExample()));
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
