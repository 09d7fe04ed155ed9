package io.bayes4j.layers.train;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.ArenaPool;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.optim.GradientNorm;
import io.bayes4j.layers.optim.Optimizer;
import io.bayes4j.layers.variational.Kl;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Makes the steps of a run: gradients of one or more batches, and an update or none. */
final class Steps {
  /** Memory of the steps, shared by all trainers. */
  private static final ArenaPool ARENAS = new ArenaPool();

  private final Trainer.Builder options;
  private final Map<String, Parameter> parameters;
  private final Optimizer optimizer;
  private final Elbo elbo;
  private final GradientSum gradientSum = new GradientSum();

  /** Running statistics that a step updates. */
  interface Statistics {
    /**
     * Checks that they can be updated, and keeps what they are updated with.
     *
     * @throws DivergedException naming the layer whose statistics would not be finite
     */
    void prepare(String when);

    /** Updates them. */
    void commit();
  }

  Steps(Trainer.Builder options, Map<String, Parameter> parameters, Optimizer optimizer) {
    this.options = options;
    this.parameters = parameters;
    this.optimizer = optimizer;
    this.elbo = new Elbo(options.data.size(), options.beta, options.samples);
  }

  /**
   * One step.
   *
   * @param batches whose gradients are added up
   * @param time in epochs
   * @param when for messages
   */
  TrainingStep.Figures step(int[][] batches, Noise of, double time, String when) {
    Curve.at("learningRate", options.learningRate, time);
    if (batches.length == 1) {
      return ARENAS.scope(
          arena -> {
            TrainingStep step = newStep(of);
            Gradients gradients = step.gradients(options.data.batch(batches[0]), time, 1, when);
            return figures(List.of(step), update(List.of(step), gradients, time, when));
          });
    }
    int examples = Arrays.stream(batches).mapToInt(batch -> batch.length).sum();
    List<TrainingStep> parts = new ArrayList<>();
    gradientSum.clear();
    for (int i = 0; i < batches.length; i++) {
      int[] indices = batches[i];
      TrainingStep part = newStep(of.split("part").split(i));
      parts.add(part);
      ARENAS.scope(
          arena -> {
            double share = (double) indices.length / examples;
            Batch batch = options.data.batch(indices);
            gradientSum.add(part.gradients(batch, time, share, when), parameters.values());
            part.prepare(when);
            return part;
          });
    }
    return ARENAS.scope(
        arena -> figures(parts, update(parts, gradientSum.gradients(), time, when)));
  }

  /**
   * One step whose gradients come from elsewhere.
   *
   * @throws IllegalArgumentException if they are not those of the model's parameters
   */
  TrainingStep.Figures step(GradientSource source, StepPlace place, Noise of, double time) {
    String when = place.words();
    Curve.at("learningRate", options.learningRate, time);
    SourcedStep step =
        new SourcedStep(options.model, Require.nonNull(source.of(place), "gradients"));
    return ARENAS.scope(
        arena -> {
          Var kl = Ops.scale(Kl.of(options.model, of.split("kl")), elbo.klWeight(time));
          TrainingStep.Figures figures = step.figures(kl.item(), when);
          gradientSum.clear();
          if (kl.tracked()) {
            gradientSum.add(Gradients.of(kl), parameters.values());
          }
          step.addTo(gradientSum);
          double norm = update(List.of(step), gradientSum.gradients(), time, when);
          return figures.withGradientNorm(norm);
        });
  }

  private TrainingStep newStep(Noise of) {
    return TrainingStep.of(options, elbo, of);
  }

  private static TrainingStep.Figures figures(List<TrainingStep> parts, double norm) {
    return parts.stream()
        .map(TrainingStep::figures)
        .reduce(TrainingStep.Figures::plus)
        .orElseThrow()
        .withGradientNorm(norm);
  }

  /**
   * Updates parameters and running statistics, or nothing.
   *
   * @return the norm of the gradients
   */
  private double update(
      List<? extends Statistics> statistics, Gradients gradients, double time, String when) {
    double norm = GradientNorm.of(gradients, parameters.values());
    if (!Double.isFinite(norm)) {
      throw NonFiniteDiagnosis.inGradients(options.model, gradients, when);
    }
    statistics.forEach(own -> own.prepare(when));
    ModelAccess.changing(
        options.model,
        () -> {
          update(gradients, norm, time, when);
          statistics.forEach(Statistics::commit);
          return norm;
        });
    return norm;
  }

  private void update(Gradients gradients, double norm, double time, String when) {
    try {
      double scale = GradientNorm.clip(norm, options.greatestNorm);
      optimizer.step(gradients, options.learningRate.at(time), scale, norm);
    } catch (ArithmeticException e) {
      throw new DivergedException(when + ": " + e.getMessage() + "; try a smaller learning rate");
    }
  }
}
