package io.bayes4j.quant;

import io.bayes4j.core.internal.Require;

/**
 * How the greatest size of an activation that has an 8-bit number of its own is chosen from those
 * that calibration sees; what is larger is cut off, which makes the steps of the rest finer.
 */
public final class ActivationRange {
  private static final double USUAL_SHARE = 0.9999;

  private final Method method;
  private final double share;

  private enum Method {
    MIN_MAX,
    PERCENTILE,
    SQUARED_ERROR,
    ENTROPY
  }

  private ActivationRange(Method method, double share) {
    this.method = method;
    this.share = share;
  }

  /** The greatest that was seen: nothing is cut off. */
  public static ActivationRange minMax() {
    return new ActivationRange(Method.MIN_MAX, 1);
  }

  /** What 99.99 per cent do not exceed. */
  public static ActivationRange percentile() {
    return percentile(USUAL_SHARE);
  }

  /**
   * What a share of the activations does not exceed.
   *
   * @param share in (0.5, 1]
   * @throws IllegalArgumentException if it is out of range
   */
  public static ActivationRange percentile(double share) {
    Require.argument(share > 0.5 && share <= 1, "share must be in (0.5, 1], got %s", share);
    return new ActivationRange(Method.PERCENTILE, share);
  }

  /** Where the mean squared error of rounding and cutting off is least. */
  public static ActivationRange squaredError() {
    return new ActivationRange(Method.SQUARED_ERROR, 1);
  }

  /**
   * Where the rounded distribution loses least information, its Kullback-Leibler divergence from
   * the original being least (Migacz 2017, "8-bit inference with TensorRT").
   */
  public static ActivationRange entropy() {
    return new ActivationRange(Method.ENTROPY, 1);
  }

  /** The number of bins of a histogram, counted from zero, whose upper end is the range. */
  int bins(ActivationHistogram histogram) {
    return switch (method) {
      case MIN_MAX -> histogram.used();
      case PERCENTILE -> histogram.binsOfShare(share);
      case SQUARED_ERROR -> new RangeSearch(histogram).leastSquaredError();
      case ENTROPY -> new RangeSearch(histogram).leastDivergence();
    };
  }

  boolean isMinMax() {
    return method == Method.MIN_MAX;
  }

  @Override
  public String toString() {
    return switch (method) {
      case MIN_MAX -> "min-max";
      case PERCENTILE -> "percentile " + share;
      case SQUARED_ERROR -> "least squared error";
      case ENTROPY -> "entropy";
    };
  }
}
