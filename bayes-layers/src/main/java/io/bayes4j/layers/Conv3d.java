package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;

/** A convolution over [N, C, D, H, W]. */
public final class Conv3d extends Affine {
  /**
   * A convolution with the given options.
   *
   * @throws IllegalArgumentException if the kernel does not have 3 spatial axes
   */
  public Conv3d(ConvSpec spec, Init init) {
    super(new AffineOp.Conv(Require.nonNull(spec, "spec").requireRank(3)), init);
  }
}
