package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.GridSearch;
import io.bayes4j.core.internal.Parallel;
import java.util.Arrays;

/** The Gaussian N(mean, (H + precision I)^-1) for any precision of the prior. */
final class LaplaceMoments {
  private static final double LEAST_LOG_PRECISION = Math.log(1e-6);
  private static final double GREATEST_LOG_PRECISION = Math.log(1e8);
  private static final int GRID = 65;
  private static final int CHUNK = 1 << 14;

  /** Factors of a product whose logarithm is taken, and the size that ends one earlier. */
  private static final int FACTORS = 4;

  private static final double MOST_PRODUCT = 1e100;

  private final double[] mean;
  private final Curvature curvature;
  private final double[] eigenvalues;

  /** Sum of the squares of the mean. */
  private final double square;

  LaplaceMoments(double[] mean, Curvature curvature) {
    this.mean = mean;
    this.curvature = curvature;
    this.eigenvalues = curvature.eigenvalues();
    this.square = Arrays.stream(mean).map(weight -> weight * weight).sum();
  }

  double[] mean() {
    return mean;
  }

  /** What is kept of the curvature. */
  Curvature curvature() {
    return curvature;
  }

  /**
   * What the marginal likelihood has beside the likelihood: log of the prior's density at the mean
   * times the volume of the posterior.
   */
  double logOccamFactor(double precision) {
    double logs = Parallel.sum(eigenvalues.length, CHUNK, (from, to) -> logs(from, to, precision));
    return -(precision * square + logs) / 2;
  }

  /** Sum of log(1 + eigenvalue / precision); four at a time, as a logarithm is what takes long. */
  private double logs(long from, long to, double precision) {
    double sum = 0;
    double product = 1;
    for (long i = from; i < to; i++) {
      product *= 1 + eigenvalues[(int) i] / precision;
      if ((i - from) % FACTORS == FACTORS - 1 || product > MOST_PRODUCT) {
        sum += Math.log(product);
        product = 1;
      }
    }
    return sum + Math.log(product);
  }

  /** The precision with the greatest marginal likelihood, between 1e-6 and 1e8. */
  double bestPrecision() {
    return Math.exp(
        GridSearch.greatest(
            log -> logOccamFactor(Math.exp(log)),
            LEAST_LOG_PRECISION,
            GREATEST_LOG_PRECISION,
            GRID));
  }
}
