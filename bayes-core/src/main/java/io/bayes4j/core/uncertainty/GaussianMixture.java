package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.NormalCdf;

/** The Gaussians that the samples predict for one number, evenly mixed. */
@SuppressWarnings("ArrayRecordComponent") // Mixtures are never compared.
record GaussianMixture(double[] means, double[] sigmas) {
  /** Standard deviations beyond which a double holds no probability. */
  private static final double FAR = 9;

  private static final int HALVINGS = 60;

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
    for (int i = 0; i < HALVINGS; i++) {
      double middle = 0.5 * (lower + upper);
      if (probabilityUpTo(middle) < q) {
        lower = middle;
      } else {
        upper = middle;
      }
    }
    return upper;
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
