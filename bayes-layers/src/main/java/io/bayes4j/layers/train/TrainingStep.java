package io.bayes4j.layers.train;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PassControl;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.variational.Kl;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A step for one batch, but the update: one pass for each draw of the weights, the bound they
 * estimate, and its gradients.
 */
final class TrainingStep implements Steps.Statistics {
  private final Layer model;
  private final Loss loss;
  private final Elbo elbo;
  private final boolean divergence;
  private final Precision precision;
  private final Noise noise;
  private final List<Pass> passes = new ArrayList<>();
  private @Nullable Figures figures;

  private TrainingStep(Trainer.Builder options, Elbo elbo, boolean divergence, Noise noise) {
    this.model = options.model;
    this.loss = options.loss;
    this.elbo = elbo;
    this.divergence = divergence;
    this.precision = options.precision;
    this.noise = noise;
  }

  static TrainingStep of(Trainer.Builder options, Elbo elbo, Noise noise) {
    return new TrainingStep(options, elbo, true, noise);
  }

  /** One without the divergence, which others add. */
  static TrainingStep ofLikelihood(Trainer.Builder options, Noise noise) {
    Elbo elbo = Elbo.of(options.data.size()).withSamples(options.samples);
    return new TrainingStep(options, elbo, false, noise);
  }

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

    /** The figures of two parts of a step, each with its share in it. */
    Figures plus(Figures other) {
      Map<String, Double> sums = new TreeMap<>(metrics);
      other.metrics.forEach((name, value) -> sums.merge(name, value, Double::sum));
      return new Figures(
          loss + other.loss,
          negativeLogLikelihood + other.negativeLogLikelihood,
          kl + other.kl,
          0,
          sums);
    }

    private Figures times(double share) {
      Map<String, Double> parts = new TreeMap<>(metrics);
      parts.replaceAll((name, value) -> share * value);
      return new Figures(
          share * loss, share * negativeLogLikelihood, share * kl, gradientNorm, parts);
    }
  }

  /**
   * Runs the batch forward and backward.
   *
   * @param share of the batch in the step's examples, which its loss and figures are multiplied by
   * @param when names the step in messages
   * @throws DivergedException if the loss is not finite
   */
  Gradients gradients(Batch batch, double epoch, double share, String when) {
    Var total = forward(batch, epoch);
    Figures seen = figures();
    if (!Double.isFinite(seen.loss())) {
      throw NonFiniteDiagnosis.inForward(
          model, batch.inputs(), passes.get(0), noise.split("kl"), when);
    }
    if (share == 1) {
      return Gradients.of(total);
    }
    figures = seen.times(share);
    return Gradients.of(Ops.scale(total, share));
  }

  /** What is kept of the step; there is no gradient norm yet. */
  Figures figures() {
    return Objects.requireNonNull(figures);
  }

  private Var forward(Batch batch, double epoch) {
    Var x = Var.constant(batch.inputs());
    List<Var> likelihoods = new ArrayList<>();
    Map<String, Double> metrics = Map.of();
    for (int draw = 0; draw < elbo.samples(); draw++) {
      passes.add(Pass.train(noise.split(draw)).in(precision));
    }
    Pass first = passes.get(0);
    Var kl = divergence ? Kl.drawing(model, first, noise.split("kl")) : Var.constant(0);
    for (Pass pass : passes) {
      Var output = pass.run(model, x);
      likelihoods.add(
          scalar(
              batch.weights() == null
                  ? loss.of(output, batch.targets())
                  : loss.weighted(output, batch.targets(), batch.weights())));
      if (pass == first) {
        metrics = loss.metrics(output.value(), batch.targets());
      }
    }
    Var total = elbo.loss(likelihoods, kl, epoch);
    double likelihood = likelihoods.stream().mapToDouble(Var::item).average().orElseThrow();
    double scaledKl = kl.item() * elbo.klWeight(epoch);
    figures = new Figures(total.item(), likelihood, scaledKl, 0, metrics);
    return total;
  }

  private Var scalar(Var value) {
    Require.argument(
        value != null && Arrays.stream(value.shape()).allMatch(length -> length == 1),
        "loss must be a scalar, the mean over the examples of the batch, got %s from %s",
        value == null ? "null" : "shape " + Require.text(value.shape()),
        loss);
    return value;
  }

  @Override
  public void prepare(String when) {
    try {
      passes.forEach(PassControl::prepare);
    } catch (ArithmeticException e) {
      throw new DivergedException(when + ": " + e.getMessage());
    }
  }

  @Override
  public void commit() {
    passes.forEach(PassControl::commit);
  }
}
