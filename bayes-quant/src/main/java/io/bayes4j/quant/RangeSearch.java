package io.bayes4j.quant;

/** Tries ranges on a histogram of activations. */
final class RangeSearch {
  private static final int SIGNED_LEVELS = 128;
  private static final int UNSIGNED_LEVELS = 256;

  /** Distance of the ranges that are tried, in bins. */
  private static final int STEP = 16;

  private final ActivationHistogram histogram;
  private final int levels;

  RangeSearch(ActivationHistogram histogram) {
    this.histogram = histogram;
    this.levels = histogram.negative() ? SIGNED_LEVELS : UNSIGNED_LEVELS;
  }

  /** The number of bins with the least squared error. */
  int leastSquaredError() {
    int best = histogram.used();
    double least = Double.POSITIVE_INFINITY;
    for (int bins = histogram.used(); bins >= STEP; bins -= STEP) {
      double error = squaredError(bins);
      if (error < least) {
        least = error;
        best = bins;
      }
    }
    return best;
  }

  private double squaredError(int bins) {
    double step = (double) bins / (levels - 1);
    double error = 0;
    for (int bin = 0; bin < histogram.used(); bin++) {
      double over = bin + 0.5 - bins;
      error += histogram.rounded(bin) * (bin < bins ? step * step / 12 : over * over);
    }
    return error;
  }

  /** The number of bins with the least divergence of the original from the rounded. */
  int leastDivergence() {
    int best = histogram.used();
    double least = Double.POSITIVE_INFINITY;
    for (int bins = histogram.used(); bins >= levels; bins -= STEP) {
      double divergence = divergence(bins);
      if (divergence < least) {
        least = divergence;
        best = bins;
      }
    }
    return best;
  }

  /**
   * KL(P || Q), where P has what is beyond the bins in the last of them, and Q gives all bins of a
   * level that hold something the same share of what P has there without that.
   */
  private double divergence(int bins) {
    long total = Math.max(1, histogram.seen() - histogram.zeros());
    double sum = 0;
    for (int level = 0; level < levels; level++) {
      int from = (int) ((long) level * bins / levels);
      int to = (int) ((long) (level + 1) * bins / levels);
      long inside = 0;
      int filled = 0;
      for (int bin = from; bin < to; bin++) {
        inside += histogram.rounded(bin);
        filled += histogram.rounded(bin) > 0 ? 1 : 0;
      }
      for (int bin = from; bin < to; bin++) {
        long own = histogram.rounded(bin);
        double p = own + (bin == bins - 1 ? histogram.beyond(bins) : 0);
        // What was cut off falls into a bin that Q may leave empty: one count stands for it.
        double q = own > 0 ? (double) inside / filled : 1;
        sum += p > 0 ? p / total * Math.log(p / q) : 0;
      }
    }
    double kept = total - histogram.beyond(bins);
    return sum + Math.log(Math.max(1, kept) / total);
  }
}
