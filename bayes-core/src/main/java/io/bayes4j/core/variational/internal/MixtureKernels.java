package io.bayes4j.core.variational.internal;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.random.Noise;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * KL divergence of a Gaussian posterior to a mixture of two zero-mean Gaussians, estimated from one
 * draw w = mu + sigma eps: sum of -log sigma - (1 + log 2 pi) / 2 - log p(w), and its gradient
 * through the draw.
 */
public final class MixtureKernels {
  private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  private final double logWeight1;
  private final double logWeight2;
  private final double precision1;
  private final double precision2;

  /**
   * A mixture of weight pi of N(0, sigma1^2) and 1 - pi of N(0, sigma2^2), numbers checked by the
   * caller.
   */
  public MixtureKernels(double pi, double sigma1, double sigma2) {
    this.logWeight1 = Math.log(pi) - Math.log(sigma1) - HALF_LOG_TWO_PI;
    this.logWeight2 = Math.log1p(-pi) - Math.log(sigma2) - HALF_LOG_TWO_PI;
    this.precision1 = 1 / (sigma1 * sigma1);
    this.precision2 = 1 / (sigma2 * sigma2);
  }

  /** Estimate of the divergence with the noise's normals. */
  public double kl(INDArray mu, INDArray rho, Noise noise) {
    FloatMemory means = FloatMemory.of(mu, "mu");
    FloatMemory rhos = FloatMemory.of(rho, "rho", means.length());
    return Parallel.sum(
        means.length(),
        Scratch.SIZE,
        (from, to) -> {
          try (Scratch scratch = Scratch.open()) {
            int n = (int) (to - from);
            float[] mean = scratch.array();
            float[] spread = scratch.array();
            float[] eps = scratch.array();
            read(means, rhos, noise, from, n, mean, spread, eps);
            double sum = 0;
            for (int i = 0; i < n; i++) {
              double w = mean[i] + softplus(spread[i]) * eps[i];
              sum -= logSoftplus(spread[i]) + 0.5 + HALF_LOG_TWO_PI + logDensity(w);
            }
            return sum;
          }
        });
  }

  /** Writes scale times the gradients of {@link #kl} with the same noise. */
  public void gradient(
      INDArray mu, INDArray rho, Noise noise, float scale, INDArray gradMu, INDArray gradRho) {
    FloatMemory means = FloatMemory.of(mu, "mu");
    FloatMemory rhos = FloatMemory.of(rho, "rho", means.length());
    FloatMemory targetMu = FloatMemory.of(gradMu, "gradMu", means.length());
    FloatMemory targetRho = FloatMemory.of(gradRho, "gradRho", means.length());
    Parallel.forRange(
        means.length(),
        Scratch.SIZE,
        (from, to) -> {
          try (Scratch scratch = Scratch.open()) {
            int n = (int) (to - from);
            float[] mean = scratch.array();
            float[] spread = scratch.array();
            float[] eps = scratch.array();
            read(means, rhos, noise, from, n, mean, spread, eps);
            for (int i = 0; i < n; i++) {
              double sigma = softplus(spread[i]);
              double slope = -Math.expm1(-sigma); // sigmoid(rho) = 1 - e^-softplus(rho)
              double byW = -logDensitySlope(mean[i] + sigma * eps[i]);
              double entropy = sigma == 0 ? 1 : slope / sigma;
              mean[i] = (float) (scale * byW);
              spread[i] = (float) (scale * (byW * eps[i] * slope - entropy));
            }
            targetMu.write(from, mean, n);
            targetRho.write(from, spread, n);
          }
        });
  }

  private static void read(
      FloatMemory means,
      FloatMemory rhos,
      Noise noise,
      long from,
      int n,
      float[] mean,
      float[] rho,
      float[] eps) {
    means.read(from, mean, n);
    rhos.read(from, rho, n);
    noise.normals(eps, 0, n, from);
  }

  /** Log of the mixture's density at w, by the larger of its two terms. */
  private double logDensity(double w) {
    double first = logWeight1 - 0.5 * precision1 * w * w;
    double second = logWeight2 - 0.5 * precision2 * w * w;
    double larger = Math.max(first, second);
    return larger + Math.log1p(Math.exp(-Math.abs(first - second)));
  }

  /** d log p / dw = -w times the precisions, each weighted by its component's responsibility. */
  private double logDensitySlope(double w) {
    double odds = Math.exp(logWeight2 - logWeight1 - 0.5 * (precision2 - precision1) * w * w);
    double responsibility1 = 1 / (1 + odds);
    return -w * (responsibility1 * precision1 + (1 - responsibility1) * precision2);
  }

  private static double softplus(double rho) {
    return Math.max(rho, 0) + Math.log1p(Math.exp(-Math.abs(rho)));
  }

  /** For very negative rho, softplus(rho) = e^rho underflows but its logarithm is rho. */
  private static double logSoftplus(double rho) {
    return rho < -30 ? rho : Math.log(softplus(rho));
  }
}
