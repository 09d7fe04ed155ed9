package io.bayes4j.layers.train;

import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.ArenaPool;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.optim.Adam;
import io.bayes4j.layers.optim.GradientNorm;
import io.bayes4j.layers.optim.Optimizer;
import io.bayes4j.layers.optim.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Trains a model by stochastic gradient steps on the negative evidence lower bound (see {@link
 * Elbo}); a model without Bayesian layers is trained on its loss alone.
 *
 * <pre>{@code
 * List<EpochRecord> history =
 *     Trainer.of(model, Losses.crossEntropy(), data).epochs(5).seed(1).build().fit();
 * }</pre>
 *
 * <p>The same seed gives the same numbers, whatever the number of threads, and also when a run was
 * stopped and resumed. Arrays of a step live in an arena, so that the loop does not grow.
 */
public final class Trainer {
  /** Memory of the steps, shared by all trainers. */
  private static final ArenaPool ARENAS = new ArenaPool();

  private final Builder options;
  private final Optimizer optimizer;
  private final Map<String, Parameter> parameters;
  private final Elbo elbo;
  private final Noise noise;

  private Trainer(Builder options) {
    this.options = options;
    this.parameters = Layers.parameters(options.model);
    this.optimizer = options.optimizer.apply(parameters);
    this.elbo = new Elbo(options.data.size(), options.beta, options.samples);
    this.noise = Noise.seeded(options.seed).split("train");
  }

  /** Starts to describe a run. */
  public static Builder of(Layer model, Loss loss, Dataset data) {
    return new Builder(model, loss, data);
  }

  /**
   * Trains until the epochs are done or early stopping says so.
   *
   * @return one record for each epoch, those before a resumption included
   * @throws DivergedException if a loss or gradient is not finite; the parameters are then those
   *     before the step
   * @throws IOException if a checkpoint cannot be written or read
   */
  public List<EpochRecord> fit() throws IOException {
    TrainingCheckpoint.Settings settings =
        new TrainingCheckpoint.Settings(
            options.seed, options.batchSize, options.data.size(), options.samples);
    List<EpochRecord> history = new ArrayList<>();
    if (options.resume && Files.exists(options.checkpoint)) {
      history = TrainingCheckpoint.load(options.checkpoint, options.model, optimizer, settings);
    }
    while (history.size() < options.epochs && !stopped(history)) {
      EpochRecord record = epoch(history.size() + 1);
      history.add(record);
      options.listener.epoch(record);
      if (options.checkpoint != null) {
        TrainingCheckpoint.save(options.checkpoint, options.model, optimizer, history, settings);
      }
    }
    return List.copyOf(history);
  }

  private boolean stopped(List<EpochRecord> history) {
    return options.earlyStopping != null && options.earlyStopping.stops(history);
  }

  private EpochRecord epoch(int epoch) {
    long start = System.nanoTime();
    int n = options.data.size();
    int steps = (n + options.batchSize - 1) / options.batchSize;
    int[] order = noise.split("order").split(epoch).permutation(n);
    Averages averages = new Averages();
    for (int step = 0; step < steps; step++) {
      // Batches of almost equal size: none is so small that batch statistics mean nothing.
      int from = (int) ((long) n * step / steps);
      int to = (int) ((long) n * (step + 1) / steps);
      int[] indices = Arrays.copyOfRange(order, from, to);
      int number = step + 1;
      double time = epoch - 1 + (double) step / steps;
      String when = "epoch " + epoch + ", step " + number;
      TrainingStep.Figures figures =
          ARENAS.scope(arena -> step(indices, epoch, number, time, when));
      averages.add(figures, to - from);
      options.listener.step(epoch, number, steps, figures.loss());
    }
    Map<String, Double> validation =
        options.validation == null ? Map.of() : options.validation.evaluate(options.model);
    double seconds = (System.nanoTime() - start) / 1e9;
    return averages.record(epoch, options.learningRate.at(epoch), seconds, validation);
  }

  private TrainingStep.Figures step(
      int[] indices, int epoch, int number, double time, String when) {
    Batch batch = options.data.batch(indices);
    TrainingStep step =
        new TrainingStep(
            options.model, options.loss, elbo, options.precision, noise.split(epoch).split(number));
    TrainingStep.Forward forward = step.forward(batch, time);
    if (!Double.isFinite(forward.figures().loss())) {
      throw Divergence.inForward(options.model, batch.inputs(), step.firstPass(), when);
    }
    Gradients gradients = Gradients.of(forward.total());
    double norm = GradientNorm.of(gradients, parameters.values());
    if (!Double.isFinite(norm)) {
      throw Divergence.inGradients(options.model, gradients, when);
    }
    double scale = GradientNorm.clip(norm, options.greatestNorm);
    optimizer.step(gradients, options.learningRate.at(time), scale);
    step.commit();
    return forward.figures().withGradientNorm(norm);
  }

  /** The settings of a run; each has a default but model, loss and data. */
  public static final class Builder {
    private final Layer model;
    private final Loss loss;
    private final Dataset data;
    private int epochs = 10;
    private int batchSize = 128;
    private long seed;
    private int samples = 1;
    private Precision precision = Precision.F32;
    private Schedule beta = Schedule.constant(1);
    private Schedule learningRate = Schedule.constant(1e-3);
    private Function<Map<String, Parameter>, Optimizer> optimizer = Adam::new;
    private double greatestNorm = Double.POSITIVE_INFINITY;
    private Validation validation;
    private EarlyStopping earlyStopping;
    private TrainingListener listener = TrainingListener.SILENT;
    private Path checkpoint;
    private boolean resume;

    private Builder(Layer model, Loss loss, Dataset data) {
      this.model = model;
      this.loss = loss;
      this.data = data;
    }

    /** Times that every example is seen; 10 unless set. */
    public Builder epochs(int number) {
      epochs = (int) Require.positive((long) number, "epochs");
      return this;
    }

    /** Examples of a step; 128 unless set. */
    public Builder batchSize(int number) {
      batchSize = (int) Require.positive((long) number, "batchSize");
      return this;
    }

    /** Seed of all that is random; 0 unless set. */
    public Builder seed(long number) {
      seed = number;
      return this;
    }

    /** Draws of the weights for each step; 1 unless set. */
    public Builder samples(int number) {
      samples = (int) Require.positive((long) number, "samples");
      return this;
    }

    /**
     * In what the network multiplies; F32 unless set. Parameters, optimizer and KL divergence are
     * 32-bit floats in any case.
     */
    public Builder precision(Precision other) {
      precision = other;
      return this;
    }

    /**
     * Weight of the KL divergence, the same all the time.
     *
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder beta(double constant) {
      return beta(Schedule.constant(Require.notNegative(constant, "beta")));
    }

    /** Weight of the KL divergence over time; constant 1 unless set. */
    public Builder beta(Schedule schedule) {
      beta = schedule;
      return this;
    }

    /**
     * Learning rate, the same all the time.
     *
     * @throws IllegalArgumentException if it is not finite and above zero
     */
    public Builder learningRate(double constant) {
      return learningRate(Schedule.constant(Require.positive(constant, "learningRate")));
    }

    /** Learning rate over time; constant 0.001 unless set. */
    public Builder learningRate(Schedule schedule) {
      learningRate = schedule;
      return this;
    }

    /** Maker of the optimizer; Adam unless set. */
    public Builder optimizer(Function<Map<String, Parameter>, Optimizer> maker) {
      optimizer = maker;
      return this;
    }

    /**
     * Greatest norm of all gradients together, to which longer ones are shortened; none unless set.
     */
    public Builder clipNorm(double greatest) {
      greatestNorm = Require.positive(greatest, "clipNorm");
      return this;
    }

    /** Figures to take after every epoch; none unless set. */
    public Builder validation(Validation figures) {
      validation = figures;
      return this;
    }

    /** When to stop before the epochs are done; never unless set. */
    public Builder earlyStopping(EarlyStopping rule) {
      earlyStopping = rule;
      return this;
    }

    /** Who hears of progress. */
    public Builder listener(TrainingListener hearer) {
      listener = hearer;
      return this;
    }

    /** File to write after every epoch. */
    public Builder checkpoint(Path file) {
      checkpoint = file;
      return this;
    }

    /** Goes on from the checkpoint if the file exists. */
    public Builder resume() {
      resume = true;
      return this;
    }

    /**
     * The trainer.
     *
     * @throws IllegalArgumentException if two settings do not go together
     */
    public Trainer build() {
      Require.argument(!resume || checkpoint != null, "resume() needs a checkpoint file");
      Require.argument(
          earlyStopping == null || validation != null, "earlyStopping needs a validation");
      return new Trainer(this);
    }
  }
}
