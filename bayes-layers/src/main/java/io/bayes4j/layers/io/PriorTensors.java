package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.Prior;
import io.bayes4j.core.variational.ScaleMixturePrior;
import io.bayes4j.core.variational.VariationalParameter;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Priors as named arrays. */
final class PriorTensors {
  private PriorTensors() {}

  static void put(String prefix, Prior prior, Map<String, INDArray> all) {
    if (prior instanceof GaussianPrior gaussian) {
      all.put(prefix + "mean", gaussian.mean());
      all.put(prefix + "sigma", gaussian.sigma());
    } else if (prior instanceof ScaleMixturePrior mixture) {
      all.put(prefix + "pi", Nd4j.scalar(mixture.pi()));
      all.put(prefix + "sigma1", Nd4j.scalar(mixture.sigma1()));
      all.put(prefix + "sigma2", Nd4j.scalar(mixture.sigma2()));
    } else {
      throw new IllegalStateException("no file format for a prior of " + prior.getClass());
    }
  }

  /** Removes a prior's arrays from a state and reads them. */
  static Prior take(String prefix, VariationalParameter weights, Map<String, INDArray> state) {
    INDArray mean = state.remove(prefix + "mean");
    INDArray sigma = state.remove(prefix + "sigma");
    INDArray pi = state.remove(prefix + "pi");
    INDArray sigma1 = state.remove(prefix + "sigma1");
    INDArray sigma2 = state.remove(prefix + "sigma2");
    if (mean != null && sigma != null) {
      requireShapes(prefix, mean, sigma, weights);
      return GaussianPrior.of(mean, sigma);
    }
    Require.argument(
        pi != null && sigma1 != null && sigma2 != null,
        "%smean and %ssigma, or pi, sigma1 and sigma2, are missing",
        prefix,
        prefix);
    return new ScaleMixturePrior(pi.getDouble(0), sigma1.getDouble(0), sigma2.getDouble(0));
  }

  private static void requireShapes(
      String prefix, INDArray mean, INDArray sigma, VariationalParameter weights) {
    long[] shape = weights.posterior().shape();
    Require.argument(
        fits(mean, shape) && fits(sigma, shape),
        "%smean and %ssigma must be one number or have shape %s, got %s and %s",
        prefix,
        prefix,
        Arrays.toString(shape),
        Arrays.toString(mean.shape()),
        Arrays.toString(sigma.shape()));
  }

  private static boolean fits(INDArray array, long... shape) {
    return array.rank() == 0 || Arrays.equals(array.shape(), shape);
  }
}
