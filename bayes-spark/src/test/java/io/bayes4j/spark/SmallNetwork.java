package io.bayes4j.spark;

import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;

/** Six numbers in, four classes or two Gaussians out; the spread is wide enough to see. */
public final class SmallNetwork implements SeededNetworkFactory {
  static final int INPUTS = 6;

  @Override
  public Layer create(long seed) {
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.3);
    return Zoo.mlp(
        LayerFactory.variational(Estimator.FLIPOUT, spec, Init.seeded(seed + 1)), INPUTS, 16, 4);
  }
}
