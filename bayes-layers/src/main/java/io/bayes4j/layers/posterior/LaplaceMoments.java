package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Parallel;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** The Gaussian N(mean, (H + precision I)^-1) for any precision of the prior. */
final class LaplaceMoments {
  private static final double LEAST_LOG_PRECISION = Math.log(1e-6);
  private static final double GREATEST_LOG_PRECISION = Math.log(1e8);
  private static final int GRID = 65;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final int GOLDEN_STEPS = 40;
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
    double step = (GREATEST_LOG_PRECISION - LEAST_LOG_PRECISION) / (GRID - 1);
    DoubleUnaryOperator height = log -> logOccamFactor(Math.exp(log));
    double best = LEAST_LOG_PRECISION;
    double highest = height.applyAsDouble(best);
    for (int i = 1; i < GRID; i++) {
      double candidate = LEAST_LOG_PRECISION + i * step;
      double candidateHeight = height.applyAsDouble(candidate);
      if (candidateHeight > highest) {
        best = candidate;
        highest = candidateHeight;
      }
    }
    double low = Math.max(LEAST_LOG_PRECISION, best - step);
    double high = Math.min(GREATEST_LOG_PRECISION, best + step);
    return Math.exp(greatest(height, low, high));
  }

  /** Golden-section search for the greatest value between two neighbours of a grid's. */
  private static double greatest(DoubleUnaryOperator height, double from, double to) {
    double low = from;
    double high = to;
    double left = high - GOLDEN * (high - low);
    double right = low + GOLDEN * (high - low);
    double leftHeight = height.applyAsDouble(left);
    double rightHeight = height.applyAsDouble(right);
    for (int i = 0; i < GOLDEN_STEPS; i++) {
      if (leftHeight > rightHeight) {
        high = right;
        right = left;
        rightHeight = leftHeight;
        left = high - GOLDEN * (high - low);
        leftHeight = height.applyAsDouble(left);
      } else {
        low = left;
        left = right;
        leftHeight = rightHeight;
        right = low + GOLDEN * (high - low);
        rightHeight = height.applyAsDouble(right);
      }
    }
    return (low + high) / 2;
  }
}
