package io.bayes4j.layers.variational;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.ModelAccess;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a whole model believes now. */
public final class Posteriors {
  private Posteriors() {}

  /**
   * Makes the posterior of every Bayesian weight its prior, before the model is trained on data
   * that have come later (Nguyen et al. 2018, "Variational Continual Learning"): what the earlier
   * data said is not forgotten, and need not be kept.
   *
   * @throws IllegalArgumentException if a mean or spread is not finite, or a spread has fallen to
   *     zero, naming the weights; nothing is changed then
   */
  public static void becomePriors(Layer model) {
    Require.nonNull(model, "model");
    Map<VariationalParameter, GaussianPrior> priors = new LinkedHashMap<>();
    Kl.distributions(model)
        .forEach(
            (path, weights) -> {
              try {
                priors.put(weights, weights.posterior().asPrior());
              } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                    "the posterior of " + path + " cannot become a prior: " + e.getMessage(), e);
              }
            });
    ModelAccess.changing(
        model,
        () -> {
          priors.forEach(VariationalParameter::setPrior);
          return model;
        });
  }
}
