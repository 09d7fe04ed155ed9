package io.bayes4j.spark;

import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;

/** Bayesian linear regression: one layer, prior N(0, 1) for weights and bias. */
public final class LinearNetwork implements SeededNetworkFactory {
  static final int INPUTS = 3;

  @Override
  public Layer create(long seed) {
    VariationalSpec spec =
        VariationalSpec.defaults().withPrior(GaussianPrior.of(0, 1)).withInitialSigma(0.1);
    return Zoo.mlp(
        LayerFactory.variational(Estimator.LOCAL_REPARAMETERIZATION, spec, Init.seeded(seed)),
        INPUTS,
        1);
  }
}
