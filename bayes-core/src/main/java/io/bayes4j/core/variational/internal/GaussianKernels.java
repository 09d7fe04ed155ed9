package io.bayes4j.core.variational.internal;

import io.bayes4j.core.internal.FloatLoops;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.random.Noise;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Elementwise kernels of a Gaussian posterior with mean mu and standard deviation softplus(rho) =
 * ln(1 + exp(rho)).
 *
 * <p>All arrays of a call have the same number of elements, are of type float and dense in 'c'
 * order; anything else is an {@link IllegalArgumentException} that leaves every array unchanged. An
 * output may be the same array as an input. The work is shared by {@link Parallel}, with the same
 * bits for any number of threads.
 */
public final class GaussianKernels {
  private GaussianKernels() {}

  /** out = mu + softplus(rho) * eps, where eps are the first normals of the noise. */
  public static void sample(INDArray mu, INDArray rho, Noise noise, INDArray out) {
    FloatMemory means = FloatMemory.of(mu, "mu");
    FloatMemory rhos = FloatMemory.of(rho, "rho", means.length());
    FloatMemory target = FloatMemory.of(out, "out", means.length());
    forChunks(
        means.length(),
        (at, n, scratch) -> {
          float[] mean = scratch.array();
          float[] sigma = scratch.array();
          float[] eps = scratch.array();
          means.read(at, mean, n);
          sigma(rhos, at, n, sigma, scratch);
          noise.normals(eps, 0, n, at);
          FloatLoops.multiplyAdd(sigma, eps, mean, eps, n);
          target.write(at, eps, n);
        });
  }

  /** out = softplus(rho) * eps, where eps are the first normals of the noise. */
  public static void perturb(INDArray rho, Noise noise, INDArray out) {
    FloatMemory rhos = FloatMemory.of(rho, "rho");
    FloatMemory target = FloatMemory.of(out, "out", rhos.length());
    forChunks(
        rhos.length(),
        (at, n, scratch) -> {
          float[] sigma = scratch.array();
          float[] eps = scratch.array();
          sigma(rhos, at, n, sigma, scratch);
          noise.normals(eps, 0, n, at);
          FloatLoops.multiply(sigma, eps, eps, n);
          target.write(at, eps, n);
        });
  }

  /**
   * gradRho = gradW * eps * sigmoid(rho): the gradient of rho behind {@link #sample} and {@link
   * #perturb}, given that of their output. The normals are drawn again, not kept.
   */
  public static void rhoGradient(INDArray gradW, INDArray rho, Noise noise, INDArray gradRho) {
    rhoGradient(gradW, rho, noise, gradRho, false);
  }

  /**
   * As {@link #rhoGradient(INDArray, INDArray, Noise, INDArray)}.
   *
   * @param added whether to add the gradient to what gradRho holds
   */
  public static void rhoGradient(
      INDArray gradW, INDArray rho, Noise noise, INDArray gradRho, boolean added) {
    FloatMemory gradients = FloatMemory.of(gradW, "gradW");
    FloatMemory rhos = FloatMemory.of(rho, "rho", gradients.length());
    FloatMemory target = FloatMemory.of(gradRho, "gradRho", gradients.length());
    forChunks(
        gradients.length(),
        (at, n, scratch) -> {
          float[] gradient = scratch.array();
          float[] slope = scratch.array();
          float[] eps = scratch.array();
          gradients.read(at, gradient, n);
          slope(rhos, at, n, slope, scratch);
          noise.normals(eps, 0, n, at);
          FloatLoops.multiply(gradient, slope, slope, n);
          if (added) {
            target.read(at, gradient, n);
            FloatLoops.multiplyAdd(slope, eps, gradient, slope, n);
          } else {
            FloatLoops.multiply(slope, eps, slope, n);
          }
          target.write(at, slope, n);
        });
  }

  /** out = softplus(rho). */
  public static void sigma(INDArray rho, INDArray out) {
    FloatMemory rhos = FloatMemory.of(rho, "rho");
    FloatMemory target = FloatMemory.of(out, "out", rhos.length());
    forChunks(
        rhos.length(),
        (at, n, scratch) -> {
          float[] sigma = scratch.array();
          sigma(rhos, at, n, sigma, scratch);
          target.write(at, sigma, n);
        });
  }

  /** gradRho = gradSigma * sigmoid(rho): the gradient of rho behind {@link #sigma}. */
  public static void sigmaGradient(INDArray gradSigma, INDArray rho, INDArray gradRho) {
    FloatMemory gradients = FloatMemory.of(gradSigma, "gradSigma");
    FloatMemory rhos = FloatMemory.of(rho, "rho", gradients.length());
    FloatMemory target = FloatMemory.of(gradRho, "gradRho", gradients.length());
    forChunks(
        gradients.length(),
        (at, n, scratch) -> {
          float[] gradient = scratch.array();
          float[] slope = scratch.array();
          gradients.read(at, gradient, n);
          slope(rhos, at, n, slope, scratch);
          FloatLoops.multiply(gradient, slope, slope, n);
          target.write(at, slope, n);
        });
  }

  /**
   * rho = ln(exp(sigma) - 1), so that softplus(rho) = sigma.
   *
   * @throws IllegalArgumentException also if an element of sigma is not finite and positive
   */
  public static void inverseSoftplus(INDArray sigma, INDArray rho) {
    FloatMemory sigmas = FloatMemory.of(sigma, "sigma");
    FloatMemory target = FloatMemory.of(rho, "rho", sigmas.length());
    forChunks(sigmas.length(), (at, n, scratch) -> requirePositive(sigmas, at, n, scratch));
    forChunks(
        sigmas.length(),
        (at, n, scratch) -> {
          float[] chunk = scratch.array();
          sigmas.read(at, chunk, n);
          for (int i = 0; i < n; i++) {
            chunk[i] = inverseSoftplus(chunk[i]);
          }
          target.write(at, chunk, n);
        });
  }

  /**
   * Returns KL(N(mu, softplus(rho)^2) || prior), summed over the elements.
   *
   * <p>Per element: ((sigma^2 + (mu - m)^2) / s^2 - 1) / 2 - ln(sigma / s) for a prior N(m, s^2).
   * Where sigma underflows, ln(sigma) goes on as rho.
   */
  public static double kl(INDArray mu, INDArray rho, PriorMoments prior) {
    return new GaussianKl(mu, rho, prior).value();
  }

  /**
   * Writes scale times the gradients of {@link #kl} by mu and by rho.
   *
   * @throws IllegalArgumentException also if the scale is not finite
   */
  public static void klGradient(
      INDArray mu,
      INDArray rho,
      PriorMoments prior,
      float scale,
      INDArray gradMu,
      INDArray gradRho) {
    new GaussianKl(mu, rho, prior).gradient(scale, gradMu, gradRho);
  }

  /** Handles n elements from a position on, with arrays that are free when it returns. */
  @FunctionalInterface
  private interface ChunkTask {
    void run(long at, int n, Scratch scratch);
  }

  private static void forChunks(long length, ChunkTask task) {
    Parallel.forRange(
        length,
        Scratch.SIZE,
        (from, to) -> {
          try (Scratch scratch = Scratch.open()) {
            task.run(from, (int) (to - from), scratch);
          }
        });
  }

  private static void sigma(FloatMemory rhos, long at, int n, float[] out, Scratch scratch) {
    float[] rho = scratch.array();
    float[] exp = scratch.array();
    rhos.read(at, rho, n);
    FloatLoops.expNegativeAbsolute(rho, exp, out, n);
    FloatLoops.softplus(rho, exp, out, n);
  }

  private static void slope(FloatMemory rhos, long at, int n, float[] out, Scratch scratch) {
    float[] rho = scratch.array();
    float[] exp = scratch.array();
    rhos.read(at, rho, n);
    FloatLoops.expNegativeAbsolute(rho, exp, out, n);
    FloatLoops.sigmoid(rho, exp, out, n);
  }

  private static void requirePositive(FloatMemory sigmas, long at, int n, Scratch scratch) {
    float[] chunk = scratch.array();
    sigmas.read(at, chunk, n);
    for (int i = 0; i < n; i++) {
      Require.argument(
          chunk[i] > 0 && Float.isFinite(chunk[i]),
          "sigma must be finite and > 0, got %s at element %d",
          chunk[i],
          at + i);
    }
  }

  private static float inverseSoftplus(double sigma) {
    // For large sigma expm1 overflows; ln(exp(sigma) - 1) = sigma + ln(1 - exp(-sigma)).
    return (float)
        (sigma < 1 ? Math.log(Math.expm1(sigma)) : sigma + Math.log1p(-Math.exp(-sigma)));
  }
}
