package io.bayes4j.layers;

import io.bayes4j.core.ops.conv.Convolutions;

/**
 * Largest value of each window over [N, C, H, W], or NaN if there is one in it; padding never wins.
 */
public final class MaxPool2d extends Pool {
  /** Windows that touch but do not overlap. */
  public MaxPool2d(int window) {
    this(window, window, 0);
  }

  /**
   * Windows of one size for all axes.
   *
   * @throws IllegalArgumentException if a number is out of range, or padding is over half of the
   *     window
   */
  public MaxPool2d(int window, int stride, int padding) {
    this(spec(2, window, stride, padding));
  }

  /**
   * Windows by a spec.
   *
   * @throws IllegalArgumentException if the spec has not two spatial axes, or divides as means do
   */
  public MaxPool2d(PoolSpec spec) {
    super(required(spec).requireRank(2).requireMaximum(), Convolutions::maxPool);
  }
}
