package io.bayes4j.core.variational;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.internal.GaussianKernels;
import io.bayes4j.core.variational.internal.PriorMoments;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A factorised Gaussian prior N(mean, sigma^2), with one mean and sigma for all elements or one for
 * each.
 *
 * <p>Its divergence is analytic: sum of log(sigma_p / sigma_q) + (sigma_q^2 + (mu_q - mu_p)^2) / (2
 * sigma_p^2) - 1/2. sigma is a standard deviation, never a variance.
 */
@CheckReturnValue
public final class GaussianPrior implements Prior {
  private final INDArray mean;
  private final INDArray sigma;
  private final PriorMoments moments;

  private GaussianPrior(INDArray mean, INDArray sigma) {
    this.mean = mean;
    this.sigma = sigma;
    this.moments = moments(mean, sigma);
  }

  /**
   * The same Gaussian for every element.
   *
   * @param sigma standard deviation
   * @throws IllegalArgumentException if the mean is not finite, or sigma no normal float above zero
   */
  public static GaussianPrior of(double mean, double sigma) {
    Require.argument(Float.isFinite((float) mean), "prior mean must be finite, got %s", mean);
    Require.argument(
        (float) sigma >= Float.MIN_NORMAL && Float.isFinite((float) sigma),
        "prior sigma must be finite and >= %s as a float, got %s",
        Float.MIN_NORMAL,
        sigma);
    return new GaussianPrior(scalar(mean), scalar(sigma));
  }

  /**
   * A Gaussian for each element; the arrays are copied. An array of rank 0 stands for all elements.
   *
   * @throws IllegalArgumentException if an array is not float, a mean not finite, or a sigma not
   *     finite and above zero
   */
  public static GaussianPrior of(INDArray mean, INDArray sigma) {
    Require.floats(mean, "prior mean");
    Require.floats(sigma, "prior sigma");
    float[] means = Detached.copy(mean).data().asFloat();
    for (int i = 0; i < means.length; i++) {
      Require.argument(
          Float.isFinite(means[i]), "prior mean must be finite, got %s at element %d", means[i], i);
    }
    float[] sigmas = Detached.copy(sigma).data().asFloat();
    for (int i = 0; i < sigmas.length; i++) {
      Require.argument(
          sigmas[i] >= Float.MIN_NORMAL && Float.isFinite(sigmas[i]),
          "prior sigma must be finite and >= %s, got %s at element %d",
          Float.MIN_NORMAL,
          sigmas[i],
          i);
    }
    return new GaussianPrior(Detached.copy(mean), Detached.copy(sigma));
  }

  /** The mean: rank 0 if it is one for all elements. Do not write into it. */
  public INDArray mean() {
    return mean;
  }

  /** The standard deviation: rank 0 if it is one for all elements. Do not write into it. */
  public INDArray sigma() {
    return sigma;
  }

  @Override
  public String kind() {
    return "gaussian";
  }

  @Override
  public Map<String, INDArray> numbers() {
    return Map.of("mean", mean, "sigma", sigma);
  }

  @Override
  public GaussianPrior withNumbers(Map<String, INDArray> numbers) {
    Require.entries(numbers, "numbers");
    Require.argument(
        numbers.keySet().equals(numbers().keySet()),
        "numbers must be mean and sigma, got %s",
        numbers.keySet());
    return of(
        Require.nonNull(numbers.get("mean"), "mean"),
        Require.nonNull(numbers.get("sigma"), "sigma"));
  }

  @Override
  public Var kl(GaussianPosterior posterior, Noise noise) {
    Require.nonNull(posterior, "posterior");
    Require.nonNull(noise, "noise");
    requireShape("prior mean", mean, posterior);
    requireShape("prior sigma", sigma, posterior);
    KeptElements kept = posterior.keptElements();
    if (kept == KeptElements.ALL) {
      return posterior.divergence(moments);
    }
    PriorMoments own = kept.none() ? moments : moments(kept);
    SummedKl divergence =
        new SummedKl() {
          @Override
          public double value(INDArray mu, INDArray rho) {
            return GaussianKernels.kl(mu, rho, own);
          }

          @Override
          public void gradient(
              INDArray mu, INDArray rho, float scale, INDArray gradMu, INDArray gradRho) {
            GaussianKernels.klGradient(mu, rho, own, scale, gradMu, gradRho);
          }
        };
    return divergence.of(posterior);
  }

  private PriorMoments moments(KeptElements kept) {
    return moments(
        mean.rank() == 0 ? mean : kept.gather(mean),
        sigma.rank() == 0 ? sigma : kept.gather(sigma));
  }

  private static void requireShape(String name, INDArray array, GaussianPosterior posterior) {
    Require.argument(
        array.rank() == 0 || Arrays.equals(array.shape(), posterior.shape()),
        "%s must be one number or have the posterior's shape %s, got %s",
        name,
        Require.text(posterior.shape()),
        Require.text(array.shape()));
  }

  private static INDArray scalar(double value) {
    return Detached.scalar(value);
  }

  private static PriorMoments moments(INDArray mean, INDArray sigma) {
    if (mean.rank() == 0) {
      return sigma.rank() == 0
          ? PriorMoments.of(mean.getFloat(0), sigma.getFloat(0))
          : PriorMoments.of(mean.getFloat(0), sigma);
    }
    return sigma.rank() == 0
        ? PriorMoments.of(mean, sigma.getFloat(0))
        : PriorMoments.of(mean, sigma);
  }

  @Override
  public String toString() {
    String m = mean.rank() == 0 ? mean.toString() : "mean" + Arrays.toString(mean.shape());
    String s = sigma.rank() == 0 ? sigma.toString() : "sigma" + Arrays.toString(sigma.shape());
    return "GaussianPrior(" + m + ", " + s + ")";
  }
}
