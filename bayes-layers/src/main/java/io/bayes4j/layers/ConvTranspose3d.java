package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;

/** A transposed convolution over [N, C, D, H, W]. */
public final class ConvTranspose3d extends Affine {
  /**
   * A transposed convolution with the given options.
   *
   * @throws IllegalArgumentException if the kernel does not have 3 spatial axes
   */
  public ConvTranspose3d(ConvSpec spec, Init init) {
    super(new AffineOp.ConvTranspose(Require.nonNull(spec, "spec").requireRank(3)), init);
  }
}
