package io.bayes4j.layers.variational;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.RecurrentOutput;
import io.bayes4j.layers.RecurrentState;
import io.bayes4j.layers.SequenceLengths;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Bayesian recurrent layer: the weights of all its affine operations are drawn once for each
 * pass, and in training an example keeps its flipout signs in all steps of its sequence.
 */
public abstract sealed class VariationalRecurrent implements VariationalLayer, Recurrent
    permits LstmReparameterization, LstmFlipout, GruReparameterization, GruFlipout {
  private final RecurrentOp op;
  private final Estimator estimator;
  private final Map<String, VariationalParameter> distributions;
  private final Map<RecurrentOp.Part, Posterior> posteriors = new LinkedHashMap<>();

  VariationalRecurrent(
      RecurrentOp op, Estimator estimator, Map<String, VariationalParameter> given) {
    Map<String, long[]> shapes =
        op.byName(p -> p.op().kernelShape(), p -> new long[] {p.op().units()});
    Require.argument(
        given.keySet().equals(shapes.keySet()),
        "distributions must be those of %s, got %s",
        shapes.keySet(),
        given.keySet());
    shapes.forEach((name, shape) -> requireShape(name, Require.entry(given, name), shape));
    this.op = op;
    this.estimator = estimator.requireWeightDraw("a recurrent layer");
    this.distributions =
        Collections.unmodifiableMap(
            op.byName(part -> given.get(part.weight()), part -> given.get(part.bias())));
    for (RecurrentOp.Part part : op.parts()) {
      posteriors.put(
          part, new Posterior(Require.entry(given, part.weight()), given.get(part.bias())));
    }
  }

  private static void requireShape(String name, VariationalParameter weights, long[] shape) {
    Require.argument(
        Arrays.equals(weights.posterior().shape(), shape),
        "distribution of %s must have shape %s, got %s",
        name,
        Require.text(shape),
        Require.text(weights.posterior().shape()));
  }

  static Map<String, VariationalParameter> fresh(RecurrentOp op, VariationalSpec spec, Init init) {
    Require.nonNull(spec, "spec");
    Require.nonNull(init, "init");
    return op.byName(
        part -> Posterior.parameter(spec, op.kernel(part, init)),
        part -> Posterior.parameter(spec, init.bias(part.op())));
  }

  @Override
  public final RecurrentOp op() {
    return op;
  }

  /** How randomness reaches the output. */
  public final Estimator estimator() {
    return estimator;
  }

  @Override
  public final Map<String, VariationalParameter> distributions() {
    return distributions;
  }

  @Override
  public final Map<String, Parameter> parameters() {
    return VariationalLayer.parameters(distributions);
  }

  @Override
  public final RecurrentOutput run(
      Var x, RecurrentState initial, @Nullable SequenceLengths lengths, Pass pass) {
    Require.nonNull(pass, "pass");
    if (!pass.mode().drawsWeights()) {
      return op.apply(
          x,
          initial,
          lengths,
          pass,
          part -> List.of(Require.entry(posteriors, part).mean().term()));
    }
    Map<RecurrentOp.Part, WeightDraw.Drawn> draws = drawn(pass);
    return op.apply(
        x,
        initial,
        lengths,
        pass,
        part ->
            Require.entry(draws, part)
                .terms(part.op(), Require.entry(posteriors, part), x.size(0), pass.firstExample()));
  }

  @Override
  public final void draw(Pass pass) {
    Require.nonNull(pass, "pass");
    if (pass.mode().drawsWeights()) {
      drawn(pass);
    }
  }

  private Map<RecurrentOp.Part, WeightDraw.Drawn> drawn(Pass pass) {
    return pass.draw(this, noise -> draw(estimator.weightDraw(pass.mode()), noise));
  }

  private Map<RecurrentOp.Part, WeightDraw.Drawn> draw(WeightDraw weightDraw, Noise noise) {
    Map<RecurrentOp.Part, WeightDraw.Drawn> draws = new LinkedHashMap<>();
    posteriors.forEach(
        (part, posterior) ->
            draws.put(part, weightDraw.draw(posterior, noise.split(part.weight()))));
    return draws;
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "(" + op.spec() + ")";
  }
}
