package io.bayes4j.layers.variational;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.PosteriorSweep;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
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
    Require.nonNull(model, "model");
    Require.nonNull(noise, "noise");
    return sum(PosteriorSweep.of(() -> terms(model, noise)));
  }

  /**
   * The same as {@link #of}, computed in one sweep with the draws of the weights that a pass will
   * use: a step of training that asks for it before it runs the pass reads every weight once.
   *
   * @param pass whose draws are made; they are those that it would make itself
   */
  public static Var drawing(Layer model, Pass pass, Noise noise) {
    Require.nonNull(model, "model");
    Require.nonNull(pass, "pass");
    Require.nonNull(noise, "noise");
    return sum(
        PosteriorSweep.of(
            () -> {
              for (Layers.Located place : Layers.of(model)) {
                if (place.layer() instanceof VariationalLayer layer) {
                  layer.draw(place.path().isEmpty() ? pass : pass.at(place.path()));
                }
              }
              return terms(model, noise);
            }));
  }

  private static List<Var> terms(Layer model, Noise noise) {
    return distributions(model).entrySet().stream()
        .map(entry -> term(entry.getKey(), entry.getValue(), noise))
        .toList();
  }

  /**
   * The share of one of the {@link #distributions} in {@link #of}.
   *
   * @param path of the distribution in the model
   * @param noise as it was given for the whole model
   */
  public static Var term(String path, VariationalParameter weights, Noise noise) {
    Require.nonNull(path, "path");
    Require.nonNull(weights, "weights");
    Require.nonNull(noise, "noise");
    return weights.kl(noise.split(path).split("kl"));
  }

  private static Var sum(List<Var> terms) {
    return terms.stream().reduce(Ops::add).orElseGet(() -> Var.constant(0));
  }

  /** The same as a number, for a prior whose divergence is analytic or with a fixed draw. */
  public static double value(Layer model) {
    Require.nonNull(model, "model");
    return Gradients.off(() -> of(model, Noise.seeded(0)).item());
  }

  /**
   * The sum over tensors of each tensor's mean divergence, which Bayesian-Torch calls its KL loss:
   * only for comparing runs with it, since it weighs a bias of ten numbers like a kernel of
   * millions.
   */
  public static double meanPerTensor(Layer model) {
    Require.nonNull(model, "model");
    return Gradients.off(
        () ->
            distributions(model).values().stream()
                .mapToDouble(
                    p -> p.kl(Noise.seeded(0)).item() / p.posterior().mu().value().length())
                .sum());
  }

  /** All distributions over weights by path, each once. */
  public static Map<String, VariationalParameter> distributions(Layer model) {
    Require.nonNull(model, "model");
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
