package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;

/** Mean of each window, over as many spatial axes as the window has. */
public final class AvgPool {
  private AvgPool() {}

  /**
   * Windows by a spec: a {@link AvgPool1d}, {@link AvgPool2d} or {@link AvgPool3d}.
   *
   * @throws IllegalArgumentException if the spec is dilated
   */
  public static Pool of(PoolSpec spec) {
    Require.nonNull(spec, "spec");
    return switch (spec.rank()) {
      case 1 -> new AvgPool1d(spec);
      case 2 -> new AvgPool2d(spec);
      default -> new AvgPool3d(spec);
    };
  }
}
