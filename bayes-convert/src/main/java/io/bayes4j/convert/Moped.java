package io.bayes4j.convert;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.Prior;
import io.bayes4j.core.variational.VariationalParameter;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Model priors with empirical Bayes from a deterministic network (Krishnan, Subedar and Tickoo,
 * AAAI 2020): the posterior of a weight starts at N(w, (delta |w|)^2), where w is the trained
 * weight, and its prior is centred there too.
 *
 * @param delta spread of a weight relative to its size; 0.1 keeps the accuracy of most networks
 *     without training
 * @param centersPrior whether the prior's mean becomes w, as in the paper; if not, the given prior
 *     stays
 * @param leastSigma lower bound of the spread: a weight of zero would else have a spread of zero,
 *     whose gradient is dead
 */
@CheckReturnValue
public record Moped(double delta, boolean centersPrior, double leastSigma) {
  private static final double LEAST_SIGMA = 1e-5;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if delta or leastSigma is not finite and above zero
   */
  public Moped {
    Require.positiveAsFloat(delta, "delta");
    Require.positiveAsFloat(leastSigma, "leastSigma");
  }

  /** The paper's method. */
  public static Moped of(double delta) {
    return new Moped(delta, true, LEAST_SIGMA);
  }

  /** The same for the posterior alone; the given prior stays, as in Bayesian-Torch's dnn_to_bnn. */
  public Moped keepingPrior() {
    return new Moped(delta, false, leastSigma);
  }

  /** Posterior and prior of a trained tensor; all arrays are copies. */
  VariationalParameter apply(INDArray trained, Prior given) {
    float factor = (float) delta;
    float least = (float) leastSigma;
    INDArray sigma =
        Elementwise.map(
            Layout.ROW_MAJOR.ensure(trained),
            (w, out, n) -> {
              for (int i = 0; i < n; i++) {
                out[i] = Math.max(Math.abs(w[i]) * factor, least);
              }
            });
    GaussianPosterior posterior = GaussianPosterior.ofSigma(trained, sigma);
    return new VariationalParameter(posterior, centersPrior ? centred(trained, given) : given);
  }

  private static Prior centred(INDArray trained, Prior given) {
    Require.argument(
        given instanceof GaussianPrior,
        "MOPED centres a Gaussian prior, got %s; use keepingPrior() to keep it",
        given);
    return GaussianPrior.of(trained, ((GaussianPrior) given).sigma());
  }
}
