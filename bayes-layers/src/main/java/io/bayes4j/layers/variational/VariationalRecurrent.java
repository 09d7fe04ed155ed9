package io.bayes4j.layers.variational;

import io.bayes4j.core.autograd.AffineTerm;
import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.RecurrentOutput;
import io.bayes4j.layers.RecurrentState;
import io.bayes4j.layers.Weights;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Bayesian recurrent layer: the weights of all its affine operations are drawn once for each
 * pass, and an example keeps its flipout signs in all steps of its sequence.
 */
public abstract sealed class VariationalRecurrent implements VariationalLayer, Recurrent
    permits LstmReparameterization, LstmFlipout, GruReparameterization, GruFlipout {
  private final RecurrentOp op;
  private final Estimator estimator;
  private final WeightDraw weightDraw;
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
    shapes.forEach((name, shape) -> requireShape(name, given.get(name), shape));
    this.op = op;
    this.estimator = estimator;
    this.weightDraw = estimator.requireWeightDraw("a recurrent layer");
    this.distributions =
        Collections.unmodifiableMap(
            op.byName(part -> given.get(part.weight()), part -> given.get(part.bias())));
    for (RecurrentOp.Part part : op.parts()) {
      posteriors.put(part, new Posterior(given.get(part.weight()), given.get(part.bias())));
    }
  }

  private static void requireShape(String name, VariationalParameter weights, long[] shape) {
    Require.argument(
        Arrays.equals(weights.posterior().shape(), shape),
        "distribution of %s must have shape %s, got %s",
        name,
        Arrays.toString(shape),
        Arrays.toString(weights.posterior().shape()));
  }

  static Map<String, VariationalParameter> fresh(RecurrentOp op, VariationalSpec spec, Init init) {
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
  public final RecurrentOutput run(Var x, RecurrentState initial, Pass pass) {
    if (!pass.mode().drawsWeights()) {
      return op.apply(x, initial, pass, part -> List.of(posteriors.get(part).mean().term()));
    }
    Map<RecurrentOp.Part, Weights> draws = drawn(pass);
    long examples = x.size(0);
    return op.apply(x, initial, pass, part -> terms(part, draws.get(part), examples, pass));
  }

  @Override
  public final void draw(Pass pass) {
    if (pass.mode().drawsWeights()) {
      drawn(pass);
    }
  }

  private Map<RecurrentOp.Part, Weights> drawn(Pass pass) {
    return pass.once(this, () -> draw(pass.noise()));
  }

  private Map<RecurrentOp.Part, Weights> draw(Noise noise) {
    Map<RecurrentOp.Part, Weights> draws = new LinkedHashMap<>();
    posteriors.forEach(
        (part, posterior) ->
            draws.put(part, weightDraw.draw(posterior, noise.split(part.weight()))));
    return draws;
  }

  private List<AffineTerm> terms(RecurrentOp.Part part, Weights draw, long examples, Pass pass) {
    Noise noise = pass.noise().split(part.weight());
    return weightDraw.terms(
        part.op(), posteriors.get(part), draw, noise, examples, pass.firstExample());
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "(" + op.spec() + ")";
  }
}
