package io.bayes4j.layers.posterior;

import io.bayes4j.core.random.Noise;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** The Gaussian N(mean, (H + precision I)^-1) for any precision of the prior. */
final class LaplaceMoments {
  private static final double LEAST_LOG_PRECISION = Math.log(1e-6);
  private static final double GREATEST_LOG_PRECISION = Math.log(1e8);
  private static final int GRID = 65;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final int GOLDEN_STEPS = 40;

  private final double[] mean;
  private final Curvature curvature;
  private final double[] eigenvalues;

  LaplaceMoments(double[] mean, Curvature curvature) {
    this.mean = mean;
    this.curvature = curvature;
    this.eigenvalues = curvature.eigenvalues();
  }

  double[] mean() {
    return mean;
  }

  /** A draw of the weights. */
  double[] draw(double precision, Noise noise) {
    float[] normals = new float[mean.length];
    noise.normals(normals, 0, normals.length, 0);
    double[] coordinates = new double[mean.length];
    Arrays.setAll(coordinates, i -> normals[i] / Math.sqrt(eigenvalues[i] + precision));
    double[] weights = curvature.toWeights(coordinates);
    for (int i = 0; i < weights.length; i++) {
      weights[i] += mean[i];
    }
    return weights;
  }

  /** Covariance of the sum of the units' weights, each times its factor, row-major. */
  double[] covariance(double[] factors, double precision) {
    return curvature.covariance(
        factors, Arrays.stream(eigenvalues).map(value -> 1 / (value + precision)).toArray());
  }

  /**
   * What the marginal likelihood has beside the likelihood: log of the prior's density at the mean
   * times the volume of the posterior.
   */
  double logOccamFactor(double precision) {
    double sum = 0;
    for (int i = 0; i < mean.length; i++) {
      sum -= precision * mean[i] * mean[i] + Math.log1p(eigenvalues[i] / precision);
    }
    return sum / 2;
  }

  /** The precision with the greatest marginal likelihood, between 1e-6 and 1e8. */
  double bestPrecision() {
    double step = (GREATEST_LOG_PRECISION - LEAST_LOG_PRECISION) / (GRID - 1);
    DoubleUnaryOperator height = log -> logOccamFactor(Math.exp(log));
    double best = LEAST_LOG_PRECISION;
    for (int i = 1; i < GRID; i++) {
      double candidate = LEAST_LOG_PRECISION + i * step;
      if (height.applyAsDouble(candidate) > height.applyAsDouble(best)) {
        best = candidate;
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
    for (int i = 0; i < GOLDEN_STEPS; i++) {
      double left = high - GOLDEN * (high - low);
      double right = low + GOLDEN * (high - low);
      if (height.applyAsDouble(left) > height.applyAsDouble(right)) {
        high = right;
      } else {
        low = left;
      }
    }
    return (low + high) / 2;
  }
}
