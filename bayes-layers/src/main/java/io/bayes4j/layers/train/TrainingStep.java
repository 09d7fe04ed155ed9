package io.bayes4j.layers.train;

import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.variational.Kl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The forward half of a step: one pass for each draw of the weights, and the bound they estimate.
 */
final class TrainingStep {
  private final Layer model;
  private final Loss loss;
  private final Elbo elbo;
  private final Precision precision;
  private final Noise noise;
  private final List<Pass> passes = new ArrayList<>();

  TrainingStep(Layer model, Loss loss, Elbo elbo, Precision precision, Noise noise) {
    this.model = model;
    this.loss = loss;
    this.elbo = elbo;
    this.precision = precision;
    this.noise = noise;
  }

  /**
   * The loss as a Var, and the figures of the step as numbers.
   *
   * @param total what is to be differentiated; lives as long as the step
   * @param figures what is kept of the step
   */
  record Forward(Var total, Figures figures) {}

  /** Numbers of a step. */
  record Figures(
      double loss,
      double negativeLogLikelihood,
      double kl,
      double gradientNorm,
      Map<String, Double> metrics) {
    Figures withGradientNorm(double norm) {
      return new Figures(loss, negativeLogLikelihood, kl, norm, metrics);
    }
  }

  Forward forward(Batch batch, double epoch) {
    Var x = Var.constant(batch.inputs());
    List<Var> likelihoods = new ArrayList<>();
    Map<String, Double> metrics = Map.of();
    for (int draw = 0; draw < elbo.samples(); draw++) {
      passes.add(Pass.train(noise.split(draw)).in(precision));
    }
    Var kl = Kl.drawing(model, firstPass(), noise.split("kl"));
    for (Pass pass : passes) {
      Var output = pass.run(model, x);
      likelihoods.add(loss.of(output, batch.targets()));
      if (pass == firstPass()) {
        metrics = loss.metrics(output.value(), batch.targets());
      }
    }
    Var total = elbo.loss(likelihoods, kl, epoch);
    double likelihood = likelihoods.stream().mapToDouble(Var::item).average().orElseThrow();
    double scaledKl = kl.item() * elbo.klWeight(epoch);
    return new Forward(total, new Figures(total.item(), likelihood, scaledKl, 0, metrics));
  }

  /** The pass of the first draw, to be looked at again if it went wrong. */
  Pass firstPass() {
    return passes.get(0);
  }

  /** Updates running statistics. */
  void commit() {
    passes.forEach(Pass::commit);
  }
}
