package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;

/** A transposed convolution over as many spatial axes as its options have. */
public final class ConvTranspose {
  private ConvTranspose() {}

  /**
   * A layer with the given options: a {@link ConvTranspose1d}, {@link ConvTranspose2d} or {@link
   * ConvTranspose3d}.
   *
   * @param init makes its first weights
   */
  public static Affine of(ConvSpec spec, Init init) {
    Require.nonNull(spec, "spec");
    Require.nonNull(init, "init");
    return switch (spec.rank()) {
      case 1 -> new ConvTranspose1d(spec, init);
      case 2 -> new ConvTranspose2d(spec, init);
      default -> new ConvTranspose3d(spec, init);
    };
  }
}
