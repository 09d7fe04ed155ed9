package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;

/** Largest value of each window, over as many spatial axes as the window has. */
public final class MaxPool {
  private MaxPool() {}

  /**
   * Windows by a spec: a {@link MaxPool1d}, {@link MaxPool2d} or {@link MaxPool3d}.
   *
   * @throws IllegalArgumentException if the spec divides as means do
   */
  public static Pool of(PoolSpec spec) {
    Require.nonNull(spec, "spec");
    return switch (spec.rank()) {
      case 1 -> new MaxPool1d(spec);
      case 2 -> new MaxPool2d(spec);
      default -> new MaxPool3d(spec);
    };
  }
}
