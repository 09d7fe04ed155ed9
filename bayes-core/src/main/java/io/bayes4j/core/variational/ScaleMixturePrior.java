package io.bayes4j.core.variational;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.internal.MixtureKernels;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A mixture of two zero-mean Gaussians, one wide and one narrow: pi N(0, sigma1^2) + (1 - pi) N(0,
 * sigma2^2) (Blundell et al. 2015, section 3.3). It lets a few weights be large while it holds most
 * near zero.
 *
 * <p>Its divergence has no closed form. The posterior's entropy is analytic; only the expected log
 * prior is estimated, from one draw, without bias and with the draw's own gradient.
 *
 * @param pi weight of the first component, in [0, 1]
 * @param sigma1 standard deviation of the first component
 * @param sigma2 standard deviation of the second component
 */
public record ScaleMixturePrior(double pi, double sigma1, double sigma2) implements Prior {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if pi is not in [0, 1] or a sigma not finite and above zero
   */
  public ScaleMixturePrior {
    Require.probability(pi, "pi");
    Require.positiveAsFloat(sigma1, "sigma1");
    Require.positiveAsFloat(sigma2, "sigma2");
  }

  @Override
  public String kind() {
    return "scale-mixture";
  }

  @Override
  public Map<String, INDArray> numbers() {
    return Map.of(
        "pi",
        PriorNumbers.array(pi),
        "sigma1",
        PriorNumbers.array(sigma1),
        "sigma2",
        PriorNumbers.array(sigma2));
  }

  @Override
  public ScaleMixturePrior withNumbers(Map<String, INDArray> numbers) {
    Require.entries(numbers, "numbers");
    Require.argument(
        numbers.keySet().equals(numbers().keySet()),
        "numbers must be pi, sigma1 and sigma2, got %s",
        numbers.keySet());
    return new ScaleMixturePrior(
        PriorNumbers.get("pi", numbers),
        PriorNumbers.get("sigma1", numbers),
        PriorNumbers.get("sigma2", numbers));
  }

  @Override
  public Var kl(GaussianPosterior posterior, Noise noise) {
    Require.nonNull(posterior, "posterior");
    Require.nonNull(noise, "noise");
    MixtureKernels kernels = new MixtureKernels(pi, sigma1, sigma2);
    SummedKl divergence =
        new SummedKl() {
          @Override
          public double value(INDArray mu, INDArray rho) {
            return kernels.kl(mu, rho, noise);
          }

          @Override
          public void gradient(
              INDArray mu, INDArray rho, float scale, INDArray gradMu, INDArray gradRho) {
            kernels.gradient(mu, rho, noise, scale, gradMu, gradRho);
          }
        };
    return divergence.of(posterior);
  }
}
