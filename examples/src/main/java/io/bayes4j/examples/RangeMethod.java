package io.bayes4j.examples;

import io.bayes4j.quant.ActivationRange;

/** Ways to find the ranges of activations, as options name them. */
public enum RangeMethod {
  /** The greatest. */
  MIN_MAX,
  /** What 99.99 per cent do not exceed. */
  PERCENTILE,
  /** Least squared error. */
  SQUARED_ERROR,
  /** Least loss of information. */
  ENTROPY;

  /** The way itself. */
  public ActivationRange range() {
    return switch (this) {
      case MIN_MAX -> ActivationRange.minMax();
      case PERCENTILE -> ActivationRange.percentile();
      case SQUARED_ERROR -> ActivationRange.squaredError();
      case ENTROPY -> ActivationRange.entropy();
    };
  }
}
