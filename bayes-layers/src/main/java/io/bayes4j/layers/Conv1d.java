package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;

/** A convolution over [N, C, L]. */
public final class Conv1d extends Affine {
  /**
   * A convolution with the given options.
   *
   * @throws IllegalArgumentException if the kernel does not have 1 spatial axes
   */
  public Conv1d(ConvSpec spec, Init init) {
    super(new AffineOp.Conv(Require.nonNull(spec, "spec").requireRank(1)), init);
  }
}
