package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;

/** A convolution over [N, C, H, W]. */
public final class Conv2d extends Affine {
  /**
   * A convolution with the given options.
   *
   * @throws IllegalArgumentException if the kernel does not have 2 spatial axes
   */
  public Conv2d(ConvSpec spec, Init init) {
    super(new AffineOp.Conv(Require.nonNull(spec, "spec").requireRank(2)), init);
  }
}
