package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;

/** A convolution over as many spatial axes as its options have. */
public final class Conv {
  private Conv() {}

  /**
   * A layer with the given options: a {@link Conv1d}, {@link Conv2d} or {@link Conv3d}.
   *
   * @param init makes its first weights
   */
  public static Affine of(ConvSpec spec, Init init) {
    Require.nonNull(spec, "spec");
    Require.nonNull(init, "init");
    return switch (spec.rank()) {
      case 1 -> new Conv1d(spec, init);
      case 2 -> new Conv2d(spec, init);
      default -> new Conv3d(spec, init);
    };
  }
}
