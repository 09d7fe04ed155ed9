package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;

/** A transposed convolution over [N, C, L]. */
public final class ConvTranspose1d extends Affine {
  /**
   * A transposed convolution with the given options.
   *
   * @throws IllegalArgumentException if the kernel does not have 1 spatial axes
   */
  public ConvTranspose1d(ConvSpec spec, Init init) {
    super(new AffineOp.ConvTranspose(Require.nonNull(spec, "spec").requireRank(1)), init);
  }
}
