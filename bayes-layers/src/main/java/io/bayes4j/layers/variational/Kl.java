package io.bayes4j.layers.variational;

import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Ops;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The divergence of a whole model's posterior from its prior. */
public final class Kl {
  private Kl() {}

  /**
   * KL(posterior || prior) in nats, summed over all weights of the model, each once; zero for a
   * model without Bayesian layers.
   *
   * @param noise for priors whose divergence is estimated from a draw
   * @return a scalar with its gradient
   */
  public static Var of(Layer model, Noise noise) {
    return distributions(model).entrySet().stream()
        .map(entry -> entry.getValue().kl(noise.split(entry.getKey()).split("kl")))
        .reduce(Ops::add)
        .orElseGet(() -> Var.constant(0));
  }

  /** The same as a number, for a prior whose divergence is analytic or with a fixed draw. */
  public static double value(Layer model) {
    return Gradients.off(() -> of(model, Noise.seeded(0)).item());
  }

  /**
   * The sum over tensors of each tensor's mean divergence, which Bayesian-Torch calls its KL loss:
   * only for comparing runs with it, since it weighs a bias of ten numbers like a kernel of
   * millions.
   */
  public static double meanPerTensor(Layer model) {
    return Gradients.off(
        () ->
            distributions(model).values().stream()
                .mapToDouble(
                    p -> p.kl(Noise.seeded(0)).item() / p.posterior().mu().value().length())
                .sum());
  }

  /** All distributions over weights by path, each once. */
  public static Map<String, VariationalParameter> distributions(Layer model) {
    Map<String, VariationalParameter> all = new LinkedHashMap<>();
    Set<VariationalParameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Layers.Located place : Layers.of(model)) {
      if (place.layer() instanceof VariationalLayer layer) {
        layer
            .distributions()
            .forEach(
                (name, weights) -> {
                  if (seen.add(weights)) {
                    all.put(place.child(name), weights);
                  }
                });
      }
    }
    return all;
  }
}
