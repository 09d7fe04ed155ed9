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
    GaussianWork work = GaussianWork.on(mu, rho);
    work.sample(noise, out);
    work.run();
  }

  /** out = softplus(rho) * eps, where eps are the first normals of the noise. */
  public static void perturb(INDArray rho, Noise noise, INDArray out) {
    GaussianWork work = GaussianWork.onSpreads(rho);
    work.perturb(noise, out);
    work.run();
  }

  /**
   * gradRho = gradW * eps * sigmoid(rho): the gradient of rho behind {@link #sample} and {@link
   * #perturb}, given that of their output. The normals are drawn again, not kept.
   */
  public static void rhoGradient(INDArray gradW, INDArray rho, Noise noise, INDArray gradRho) {
    GaussianGradients gradients = new GaussianGradients(GaussianWork.onSpreads(rho));
    gradients.draw(gradW, noise, false);
    gradients.intoRho(gradRho, false);
    gradients.run();
  }

  /** out = softplus(rho). */
  public static void sigma(INDArray rho, INDArray out) {
    GaussianWork work = GaussianWork.onSpreads(rho);
    FloatMemory target = FloatMemory.of(out, "out", work.length());
    work.add((chunk, scratch) -> target.write(chunk.at(), chunk.sigma(), chunk.n()));
    work.run();
  }

  /** gradRho = gradSigma * sigmoid(rho): the gradient of rho behind {@link #sigma}. */
  public static void sigmaGradient(INDArray gradSigma, INDArray rho, INDArray gradRho) {
    GaussianWork work = GaussianWork.onSpreads(rho);
    FloatMemory gradients = FloatMemory.of(gradSigma, "gradSigma", work.length());
    FloatMemory target = FloatMemory.of(gradRho, "gradRho", work.length());
    work.add(
        (chunk, scratch) -> {
          float[] gradient = scratch.array();
          gradients.read(chunk.at(), gradient, chunk.n());
          FloatLoops.multiply(gradient, chunk.slope(), gradient, chunk.n());
          target.write(chunk.at(), gradient, chunk.n());
        });
    work.run();
  }

  /**
   * rho = ln(exp(sigma) - 1), so that softplus(rho) = sigma.
   *
   * @throws IllegalArgumentException also if an element of sigma is not finite and positive
   */
  public static void inverseSoftplus(INDArray sigma, INDArray rho) {
    FloatMemory sigmas = FloatMemory.of(sigma, "sigma");
    FloatMemory target = FloatMemory.of(rho, "rho", sigmas.length());
    forChunks(sigmas, GaussianKernels::requirePositive);
    forChunks(
        sigmas,
        (at, chunk, n) -> {
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
    GaussianWork work = GaussianWork.on(mu, rho);
    GaussianKl kl = new GaussianKl(prior, work.length());
    kl.addTo(work);
    work.run();
    return kl.value();
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
    GaussianGradients gradients = new GaussianGradients(mu, rho);
    gradients.divergence(prior, scale);
    gradients.intoMu(gradMu, false);
    gradients.intoRho(gradRho, false);
    gradients.run();
  }

  /** Handles n numbers that stand at a place of a tensor, in an array that it may write into. */
  @FunctionalInterface
  private interface ChunkTask {
    void run(long at, float[] chunk, int n);
  }

  private static void forChunks(FloatMemory numbers, ChunkTask task) {
    Parallel.forRange(
        numbers.length(),
        Scratch.SIZE,
        (from, to) -> {
          try (Scratch scratch = Scratch.open()) {
            float[] chunk = scratch.array();
            int n = (int) (to - from);
            numbers.read(from, chunk, n);
            task.run(from, chunk, n);
          }
        });
  }

  private static void requirePositive(long at, float[] chunk, int n) {
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
