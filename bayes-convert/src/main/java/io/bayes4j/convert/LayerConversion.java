package io.bayes4j.convert;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.Prior;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.Optional;

/**
 * How one layer is made Bayesian: immutable, each method returns a changed copy.
 *
 * @param estimator how the randomness of the weights reaches the layer's output; an embedding draws
 *     its table whatever it says
 * @param spec prior of the weights and, without MOPED, the spread that they start with
 * @param moped how spreads and priors follow the trained weights, if they do
 */
@CheckReturnValue
public record LayerConversion(Estimator estimator, VariationalSpec spec, Optional<Moped> moped) {
  /** Checks the parts. */
  public LayerConversion {
    Require.nonNull(estimator, "estimator");
    Require.nonNull(spec, "spec");
    Require.nonNull(moped, "moped");
  }

  /** The same with another estimator. */
  public LayerConversion withEstimator(Estimator other) {
    return new LayerConversion(other, spec, moped);
  }

  /** The same with another prior and initial spread, of which MOPED, if it is on, sets its own. */
  public LayerConversion withSpec(VariationalSpec other) {
    return new LayerConversion(estimator, other, moped);
  }

  /** The same with another prior; if MOPED centres it, its mean becomes the weights. */
  public LayerConversion withPrior(Prior other) {
    return withSpec(spec.withPrior(other));
  }

  /**
   * The same with another initial standard deviation of the weights, and without MOPED, which would
   * say otherwise.
   *
   * @throws IllegalArgumentException if it is not finite and above zero
   */
  public LayerConversion withInitialSigma(double sigma) {
    return withSpec(spec.withInitialSigma(sigma)).withoutMoped();
  }

  /** The same with spreads, and if it says so priors, that follow the trained weights. */
  public LayerConversion withMoped(Moped method) {
    return new LayerConversion(estimator, spec, Optional.of(Require.nonNull(method, "method")));
  }

  /** The same with the spec's prior and initial spread, whatever the weights. */
  public LayerConversion withoutMoped() {
    return new LayerConversion(estimator, spec, Optional.empty());
  }
}
