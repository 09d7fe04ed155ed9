package io.bayes4j.layers.variational;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.Prior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.ModelAccess;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a whole model believes before it has seen data. */
public final class Priors {
  private Priors() {}

  /**
   * Gives every weight the prior N(0, variance / fan-in), where the fan-in is the number of weights
   * that one output is a sum over, one for a bias: whatever the width, a sum of unit inputs then
   * has the given variance before data are seen. 2 is that of He et al. (2015) for ReLU, 1 that of
   * Glorot and Bengio for tanh.
   *
   * <p>N(0, 1) on every weight, the usual default, says that a unit of 50 inputs has a deviation of
   * seven, so that every small data set is cheaper to explain as noise.
   *
   * @throws IllegalArgumentException if the variance is not finite and above zero, or the model has
   *     no Bayesian weight; nothing is changed then
   */
  public static void byFanIn(Layer model, double variance) {
    Require.nonNull(model, "model");
    Require.positive(variance, "variance");
    set(model, place -> GaussianPrior.of(0, Math.sqrt(variance / place.fanIn())));
  }

  /**
   * As {@link #fit(Layer, double, double)}, with ten weights of N(0, 2 / fan-in) believed before.
   */
  public static void fit(Layer model) {
    fit(model, 10, 2);
  }

  /**
   * Empirical Bayes: gives the prior of each tensor the one sigma that the bound is greatest for
   * with the posterior as it is, which has a closed form, sigma^2 = mean of (mu - prior mean)^2 +
   * the posterior's variance, over the weights that are not pruned. The prior's mean stays.
   *
   * <p>Of a tensor of few weights, that would follow each of them, down to nothing: some weights
   * are believed to have been seen before, with the variance of {@link #byFanIn}, and are in the
   * mean, which is an inverse-gamma prior on sigma^2 (Wu et al. 2019, "Deterministic Variational
   * Inference for Robust Bayesian Neural Networks"). To repeat it while training, see {@link
   * io.bayes4j.layers.train.EmpiricalBayes}.
   *
   * @param weights how many are believed to have been seen before, 0 for none
   * @param variance theirs, times the fan-in
   * @throws IllegalArgumentException if weights is negative or not finite, the variance is not
   *     finite and above zero, the model has no Bayesian weight, or a prior is not Gaussian, naming
   *     the tensor; nothing is changed then
   */
  public static void fit(Layer model, double weights, double variance) {
    Require.nonNull(model, "model");
    Require.notNegative(weights, "weights");
    Require.positive(variance, "variance");
    set(model, place -> fitted(place, weights, variance / place.fanIn()));
  }

  private static GaussianPrior fitted(Place place, double weights, double variance) {
    Prior prior = place.weights().prior();
    Require.argument(
        prior instanceof GaussianPrior,
        "the prior of %s must be Gaussian for its sigma to be fitted, got %s",
        place.path(),
        prior);
    GaussianPosterior posterior = place.weights().posterior();
    INDArray mean = ((GaussianPrior) prior).mean();
    float[] means = mean.data().asFloat();
    float[] mu = posterior.mu().value().data().asFloat();
    float[] sigma = posterior.sigma().data().asFloat();
    Optional<INDArray> kept = posterior.kept();
    float[] counts = kept.map(mask -> mask.data().asFloat()).orElse(null);
    double sum = weights * variance;
    double number = weights;
    for (int i = 0; i < mu.length; i++) {
      if (counts == null || counts[i] == 1) {
        double distance = mu[i] - means[means.length == 1 ? 0 : i];
        sum += distance * distance + (double) sigma[i] * sigma[i];
        number++;
      }
    }
    if (number == 0) {
      return (GaussianPrior) prior;
    }
    return GaussianPrior.of(mean, Detached.scalar(Math.sqrt(sum / number)));
  }

  /**
   * A tensor of weights.
   *
   * @param fanIn how many of them one output is a sum over
   */
  private record Place(String path, VariationalParameter weights, double fanIn) {}

  /** All tensors, each once. */
  private static List<Place> places(Layer model) {
    Set<VariationalParameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Place> places = new ArrayList<>();
    for (Layers.Located located : Layers.of(model)) {
      if (located.layer() instanceof VariationalLayer layer) {
        layer
            .distributions()
            .forEach(
                (name, weights) -> {
                  if (seen.add(weights)) {
                    places.add(new Place(located.child(name), weights, fanIn(layer, weights)));
                  }
                });
      }
    }
    Require.argument(!places.isEmpty(), "the model must have a Bayesian layer, and has none");
    return places;
  }

  private static double fanIn(VariationalLayer layer, VariationalParameter weights) {
    long[] shape = weights.posterior().shape();
    if (shape.length < 2 || layer instanceof EmbeddingReparameterization) {
      return 1;
    }
    if (layer instanceof VariationalAffine affine) {
      return affine.op().fanIn();
    }
    long length = 1;
    for (int axis = 1; axis < shape.length; axis++) {
      length *= shape[axis];
    }
    return length;
  }

  private static void set(Layer model, Function<Place, GaussianPrior> choice) {
    Map<VariationalParameter, Prior> priors = new LinkedHashMap<>();
    places(model).forEach(place -> priors.put(place.weights(), choice.apply(place)));
    ModelAccess.changing(
        model,
        () -> {
          priors.forEach(VariationalParameter::setPrior);
          return model;
        });
  }
}
