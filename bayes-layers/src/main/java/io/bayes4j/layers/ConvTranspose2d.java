package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;

/** A transposed convolution over [N, C, H, W]. */
public final class ConvTranspose2d extends Affine {
  /**
   * A transposed convolution with the given options.
   *
   * @throws IllegalArgumentException if the kernel does not have 2 spatial axes
   */
  public ConvTranspose2d(ConvSpec spec, Init init) {
    super(new AffineOp.ConvTranspose(Require.nonNull(spec, "spec").requireRank(2)), init);
  }
}
