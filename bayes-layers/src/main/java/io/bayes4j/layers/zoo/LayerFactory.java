package io.bayes4j.layers.zoo;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.ConvTranspose2d;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalLayers;
import io.bayes4j.layers.variational.VariationalSpec;

/**
 * Makes the layers with weights of an architecture, plain or Bayesian, so that each architecture is
 * written once.
 */
public interface LayerFactory {
  /** A dense layer with bias. */
  Layer linear(long inputs, long units);

  /** A convolution over [N, C, H, W]. */
  Layer conv2d(ConvSpec spec);

  /**
   * A transposed convolution over [N, C, H, W].
   *
   * @throws UnsupportedOperationException if this factory makes none
   */
  default Layer convTranspose2d(ConvSpec spec) {
    throw new UnsupportedOperationException("this factory makes no transposed convolutions");
  }

  /** Plain layers. */
  static LayerFactory deterministic(Init init) {
    Require.nonNull(init, "init");
    return new LayerFactory() {
      @Override
      public Layer linear(long inputs, long units) {
        return new Linear(inputs, units, init);
      }

      @Override
      public Layer conv2d(ConvSpec spec) {
        Require.nonNull(spec, "spec");
        return new Conv2d(spec, init);
      }

      @Override
      public Layer convTranspose2d(ConvSpec spec) {
        Require.nonNull(spec, "spec");
        return new ConvTranspose2d(spec, init);
      }
    };
  }

  /** Bayesian layers. */
  static LayerFactory variational(Estimator estimator, VariationalSpec spec, Init init) {
    Require.nonNull(estimator, "estimator");
    Require.nonNull(spec, "spec");
    Require.nonNull(init, "init");
    return new LayerFactory() {
      @Override
      public Layer linear(long inputs, long units) {
        return VariationalLayers.fresh(
            new AffineOp.Dense(inputs, units, true), estimator, spec, init);
      }

      @Override
      public Layer conv2d(ConvSpec conv) {
        return VariationalLayers.fresh(
            new AffineOp.Conv(conv.requireRank(2)), estimator, spec, init);
      }

      @Override
      public Layer convTranspose2d(ConvSpec conv) {
        Require.nonNull(conv, "conv");
        return VariationalLayers.fresh(
            new AffineOp.ConvTranspose(conv.requireRank(2)), estimator, spec, init);
      }
    };
  }
}
