package io.bayes4j.spark;

import io.bayes4j.layers.Layer;

/**
 * A {@link NetworkFactory} that makes networks which begin at different weights, as the members of
 * an ensemble must.
 */
@FunctionalInterface
public interface SeededNetworkFactory extends NetworkFactory {
  /** A new network; equal seeds give equal weights. */
  Layer create(long seed);

  @Override
  default Layer create() {
    return create(0);
  }
}
