package io.bayes4j.layers;

import io.bayes4j.core.ops.conv.Convolutions;

/** Mean of each window over [N, C, L], padding counted as zeros unless the spec says otherwise. */
public final class AvgPool1d extends Pool {
  /** Windows that touch but do not overlap. */
  public AvgPool1d(int window) {
    this(window, window, 0);
  }

  /**
   * Windows of one size for all axes.
   *
   * @throws IllegalArgumentException if a number is out of range, or padding is over half of the
   *     window
   */
  public AvgPool1d(int window, int stride, int padding) {
    this(spec(1, window, stride, padding));
  }

  /**
   * Windows by a spec.
   *
   * @throws IllegalArgumentException if the spec has not one spatial axis, or is dilated
   */
  public AvgPool1d(PoolSpec spec) {
    super(required(spec).requireRank(1).requireAverage(), Convolutions::avgPool);
  }
}
