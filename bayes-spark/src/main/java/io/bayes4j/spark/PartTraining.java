package io.bayes4j.spark;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.train.Batch;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.PartStep;
import io.bayes4j.layers.train.Trainer;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;

/**
 * Trains one part for one round, in a task.
 *
 * @param factory name of the class that makes the network
 * @param local how to train
 * @param reading what rows hold
 * @param beta weight of the divergence
 */
record PartTraining(String factory, LocalTraining local, PartData.Reading reading, double beta)
    implements Serializable {
  @Serial private static final long serialVersionUID = 1;
  private static final int BATCH = 500;

  /** What a part starts from; no record, which Kryo refuses. */
  static final class Start implements Serializable {
    @Serial private static final long serialVersionUID = 1;

    private final ModelState state;
    private final double[] precision;
    private final double[] shift;
    private final double weight;
    private final long seed;

    /** The loss of the other parts; null if the prior says all. */
    private final @Nullable Curvature others;

    private final double scale;

    /**
     * A start.
     *
     * @param prior of the part
     * @param weight of the divergence
     */
    Start(ModelState state, Gaussians prior, double weight, long seed) {
      this(state, prior, weight, seed, null, 1);
    }

    private Start(
        ModelState state,
        Gaussians prior,
        double weight,
        long seed,
        @Nullable Curvature others,
        double scale) {
      this.state = state;
      this.precision = prior.precision();
      this.shift = prior.shift();
      this.weight = weight;
      this.seed = seed;
      this.others = others;
      this.scale = scale;
    }

    /**
     * The same with the loss of the other parts.
     *
     * @param factor of their curvature
     */
    Start with(@Nullable Curvature loss, double factor) {
      return new Start(state, prior(), weight, seed, loss, factor);
    }

    /** The same at another state. */
    Start at(ModelState other) {
      return new Start(other, prior(), weight, seed);
    }

    private Gaussians prior() {
      return new Gaussians(precision, shift);
    }
  }

  /** What a part found; no record, which Kryo refuses. */
  static final class Answer implements Serializable {
    @Serial private static final long serialVersionUID = 1;

    private final ModelState state;
    private final double loss;

    Answer(ModelState state, double loss) {
      this.state = state;
      this.loss = loss;
    }

    ModelState state() {
      return state;
    }

    double loss() {
      return loss;
    }
  }

  Answer train(PartData data, Start start) {
    Layer model = network(start.seed);
    start.state.writeTo(model);
    if (start.others == null) {
      ModelState.writePrior(model, start.prior());
    } else {
      CurvaturePrior.write(model, start.others, start.prior(), start.scale, beta);
    }
    return fit(model, data, beta * start.weight, start.seed);
  }

  /** What a part's data say where a round begins. */
  Curvature curvature(PartData data, Start start) {
    Layer model = network(start.seed);
    start.state.writeTo(model);
    Dataset examples = reading.dataset(data);
    Loss loss = local.of(model, examples).loss();
    Noise noise = Noise.seeded(start.seed).split("curvature");
    return alone(() -> new CurvatureFit(model, reading.classes()).of(examples, loss, noise));
  }

  /** What a part's examples lose at a state, in all, by one draw of the weights. */
  double loss(PartData data, Start start) {
    Layer model = network(start.seed);
    start.state.writeTo(model);
    Dataset examples = reading.dataset(data);
    Loss loss = local.of(model, examples).loss();
    Pass pass = Pass.sample(Noise.seeded(start.seed).split("loss"));
    return alone(
        () -> {
          double sum = 0;
          for (int from = 0; from < examples.size(); from += BATCH) {
            int to = Math.min(examples.size(), from + BATCH);
            Batch batch = examples.batch(IntStream.range(from, to).toArray());
            sum += (to - from) * loss(model, batch, loss, pass);
          }
          return sum;
        });
  }

  private static double loss(Layer model, Batch batch, Loss loss, Pass pass) {
    Var output = Gradients.off(() -> pass.run(model, Var.constant(batch.inputs())));
    return loss.of(output, batch.targets()).value().getDouble(0);
  }

  /**
   * A part's share of a step.
   *
   * @param number of the part, from 0
   * @param parts how many there are
   */
  PartStepWork.Answer step(PartData data, int number, int parts, PartStepWork.Start start) {
    return data.withStep(
        () -> steps(data, number, parts),
        kept -> {
          start.writeTo(kept.network());
          return alone(() -> new PartStepWork.Answer(kept.step().at(start.place())));
        });
  }

  private PartData.KeptStep steps(PartData data, int number, int parts) {
    Layer model = network(0);
    Trainer.Builder run = local.of(model, reading.dataset(data));
    return new PartData.KeptStep(model, new PartStep(run, number, parts));
  }

  /** A network of its own, trained by itself. */
  Answer trainAlone(PartData data, long seed) {
    return fit(network(seed), data, beta, seed);
  }

  Layer network(long seed) {
    return ModelSource.made(factory, seed);
  }

  private Answer fit(Layer model, PartData data, double klWeight, long seed) {
    Trainer.Builder run = local.of(model, reading.dataset(data));
    return alone(
        () -> {
          try {
            List<EpochRecord> epochs = run.seed(seed).beta(klWeight).build().fit();
            double loss = epochs.get(epochs.size() - 1).loss();
            return new Answer(ModelState.of(model), loss);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Works in one thread where the task has one core. */
  private static <T> T alone(Supplier<T> work) {
    if (TaskContext.get().cpus() > 1) {
      return work.get();
    }
    AtomicReference<T> result = new AtomicReference<>();
    Parallel.alone(() -> result.set(work.get()));
    return Objects.requireNonNull(result.get());
  }
}
