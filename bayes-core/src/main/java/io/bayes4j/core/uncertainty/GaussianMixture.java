package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.NormalCdf;

/** The Gaussians that the samples predict for one number, evenly mixed. */
@SuppressWarnings("ArrayRecordComponent") // Mixtures are never compared.
record GaussianMixture(double[] means, double[] sigmas) {
  /** Standard deviations beyond which a double holds no probability. */
  private static final double FAR = 9;

  /** How far from the answer a quantile may be, as a share of it. */
  private static final double CLOSE = 1e-15;

  /** The same as a share of all that is searched, for answers near zero. */
  private static final double LEAST = 1e-30;

  static GaussianMixture of(Samples mean, Samples variance, int example, int output) {
    double[] means = new double[mean.count()];
    double[] sigmas = new double[means.length];
    for (int sample = 0; sample < means.length; sample++) {
      means[sample] = mean.get(sample, example, output);
      sigmas[sample] = Math.sqrt(variance.get(sample, example, output));
    }
    return new GaussianMixture(means, sigmas);
  }

  double mean() {
    double sum = 0;
    for (double mean : means) {
      sum += mean;
    }
    return sum / means.length;
  }

  double quantile(double q) {
    double lower = Double.POSITIVE_INFINITY;
    double upper = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < means.length; i++) {
      lower = Math.min(lower, means[i] - FAR * sigmas[i]);
      upper = Math.max(upper, means[i] + FAR * sigmas[i]);
    }
    return smallestAtLeast(q, lower, upper);
  }

  /** Newton's steps, and a halving whenever they leave the bracket or do not shorten it enough. */
  private double smallestAtLeast(double q, double from, double to) {
    double lower = from;
    double upper = to;
    double x = Math.min(Math.max(mean(), lower), upper);
    double width = upper - lower;
    double least = LEAST * width;
    double close = close(lower, upper, least);
    while (upper - lower > close) {
      double excess = probabilityUpTo(x) - q;
      if (excess < 0) {
        lower = x;
      } else {
        upper = x;
      }
      // A little further than the root, so that the next value lies on its other side.
      double step = excess / density(x);
      double next = x - step - Math.signum(step) * 0.4 * close;
      boolean shortened = upper - lower < 0.5 * width;
      width = upper - lower;
      double middle = lower + 0.5 * width;
      boolean inside = next > lower && next < upper;
      x = inside && (shortened || Math.abs(step) < 0.1 * width) ? next : middle;
      if (x <= lower || x >= upper) {
        break;
      }
      close = close(lower, upper, least);
    }
    return upper;
  }

  private static double close(double lower, double upper, double least) {
    return Math.max(least, CLOSE * Math.max(Math.abs(lower), Math.abs(upper)));
  }

  private double density(double x) {
    double sum = 0;
    for (int i = 0; i < means.length; i++) {
      if (sigmas[i] > 0) {
        double z = (x - means[i]) / sigmas[i];
        sum += Math.exp(-0.5 * z * z) / sigmas[i];
      }
    }
    return sum / (means.length * Math.sqrt(2 * Math.PI));
  }

  double probabilityUpTo(double x) {
    double sum = 0;
    for (int i = 0; i < means.length; i++) {
      boolean certain = sigmas[i] == 0;
      double step = x < means[i] ? 0 : 1;
      sum += certain ? step : NormalCdf.of((x - means[i]) / sigmas[i]);
    }
    return sum / means.length;
  }

  /**
   * The continuous ranked probability score of a value (Grimit, Gneiting, Berrocal, Johnson, "The
   * continuous ranked probability score for circular variables", 2006, appendix).
   */
  double crps(double value) {
    double distance = 0;
    double spread = 0;
    for (int i = 0; i < means.length; i++) {
      distance += meanSize(value - means[i], sigmas[i]);
      for (int j = 0; j < i; j++) {
        spread += meanSize(means[i] - means[j], Math.hypot(sigmas[i], sigmas[j]));
      }
      spread += 0.5 * meanSize(0, Math.sqrt(2) * sigmas[i]);
    }
    double n = means.length;
    return Math.max(0, distance / n - spread / (n * n));
  }

  /** The mean of |x| for a Gaussian x. */
  private static double meanSize(double mean, double sigma) {
    if (sigma == 0) {
      return Math.abs(mean);
    }
    double z = mean / sigma;
    double density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
    return mean * (2 * NormalCdf.of(z) - 1) + 2 * sigma * density;
  }
}
