package io.bayes4j.layers.train;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Access;
import io.bayes4j.core.internal.AtomicFiles;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.PredictionOnly;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.optim.Adam;
import io.bayes4j.layers.optim.Optimizer;
import io.bayes4j.layers.optim.Schedule;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
 * stopped and resumed. Others may predict with the model meanwhile: a prediction sees the weights
 * before a step or after it. Loading or training it elsewhere meanwhile fails. Arrays of a step
 * live in an arena, so that the loop does not grow.
 */
public final class Trainer {
  private final Builder options;
  private final BatchPlan plan;
  private final Optimizer optimizer;
  private final Map<String, Parameter> parameters;
  private final Epochs epochs;
  private final AtomicBoolean begun = new AtomicBoolean();

  private Trainer(Builder options) {
    this.options = options;
    this.plan =
        new BatchPlan(
            options.data.size(), options.batchSize, options.dropLast, options.accumulated);
    this.parameters = Layers.parameters(options.model);
    this.optimizer = options.optimizer.apply(parameters);
    this.epochs = new Epochs(options, plan, new Steps(options, parameters, optimizer));
  }

  /** Starts to describe a run. */
  public static Builder of(Layer model, Loss loss, Dataset data) {
    Require.nonNull(model, "model");
    Require.nonNull(loss, "loss");
    Require.nonNull(data, "data");
    return new Builder(model, loss, data);
  }

  /**
   * Trains until the epochs are done or early stopping says so. A trainer trains once: to go on,
   * build another, with {@link Builder#resume} from a checkpoint or with the trained model.
   *
   * @return one record for each epoch, those before a resumption included
   * @throws IllegalStateException if it was called before
   * @throws IllegalArgumentException if a schedule is negative or not finite at some time, or the
   *     checkpoint is another model's or another run's; nothing is changed then
   * @throws DivergedException if a number is not finite, or a parameter grows beyond all measure;
   *     parameters, moments and running statistics are then those before the step, and the
   *     checkpoint that of the last whole epoch
   * @throws InterruptedIOException if the thread is interrupted, which it then still is; the model
   *     is then as the last whole step left it
   * @throws IOException if a checkpoint cannot be written or read
   * @throws IllegalStateException if another fit() is training a parameter of the model
   */
  public List<EpochRecord> fit() throws IOException {
    Require.state(
        !begun.getAndSet(true),
        "fit() was called before, and a trainer trains once; build another one, with resume() to"
            + " go on from a checkpoint");
    return Access.reserving(trained(), "being trained by a fit()", this::train);
  }

  /** What steps change: trainable parameters, and buffers. */
  private Map<String, Object> trained() {
    Map<String, Object> parts = new LinkedHashMap<>(Layers.buffers(options.model));
    parameters.forEach(
        (path, parameter) -> {
          if (parameter.trainable()) {
            parts.put(path, parameter);
          }
        });
    return parts;
  }

  private List<EpochRecord> train() throws IOException {
    Curve rates = Curve.of("learningRate", options.learningRate, options.epochs, plan.steps());
    Curve betas = Curve.of("beta", options.beta, options.epochs, plan.steps());
    Require.argument(
        !optimizer.hasPrior() || betas.isZero(),
        "beta must be 0 with %s, which has a prior of its own",
        optimizer);
    BestWeights best = new BestWeights(options.model, options.earlyStopping);
    List<EpochRecord> history = new ArrayList<>();
    TrainingCheckpoint checkpoint = null;
    if (options.checkpoint != null) {
      AtomicFiles.requireWritable(options.checkpoint);
      checkpoint =
          new TrainingCheckpoint(
              options.checkpoint,
              options.model,
              optimizer,
              options.listener,
              new RunSettings(options.words(optimizer), rates, betas));
      if (options.resume && AtomicFiles.exists(options.checkpoint)) {
        history = checkpoint.load(best, plan.steps());
      }
    }
    KlAdvice advice = new KlAdvice(options.beta, options.data.size(), plan.steps());
    while (history.size() < options.epochs && !stopped(history)) {
      EpochRecord record = epochs.run(history.size() + 1);
      NonFiniteDiagnosis.requireFinite(options.model, optimizer, "epoch " + record.epoch());
      history.add(record);
      best.look(history);
      options.listener.epoch(record);
      advice.look(record, options.listener);
      if (checkpoint != null) {
        checkpoint.save(history, best);
      }
    }
    best.restore(history);
    return List.copyOf(history);
  }

  private boolean stopped(List<EpochRecord> history) {
    return options.earlyStopping != null && options.earlyStopping.stops(history);
  }

  /** The settings of a run; each has a default but model, loss and data. */
  public static final class Builder {
    final Layer model;
    final Loss loss;
    final Dataset data;
    private int epochs = 10;
    private int batchSize = 128;
    private boolean dropLast;
    private int accumulated = 1;
    long seed;
    int samples = 1;
    Precision precision = Precision.F32;
    Schedule beta = Schedule.constant(1);
    Schedule learningRate = Schedule.constant(1e-3);
    private Function<Map<String, Parameter>, Optimizer> optimizer = Adam::new;
    double greatestNorm = Double.POSITIVE_INFINITY;
    @Nullable Validation validation;
    private @Nullable EarlyStopping earlyStopping;
    TrainingListener listener = TrainingListener.SILENT;
    private @Nullable Path checkpoint;
    private boolean resume;
    @Nullable GradientSource source;

    private Builder(Layer model, Loss loss, Dataset data) {
      this.model = model;
      this.loss = loss;
      this.data = data;
    }

    /** The loss of the run. */
    public Loss loss() {
      return loss;
    }

    /** Times that every example is seen; 10 unless set. */
    public Builder epochs(int number) {
      epochs = (int) Require.positive((long) number, "epochs");
      return this;
    }

    /**
     * Most examples of a batch; 128 unless set. Batches are of almost equal size, so that none is
     * much smaller than the others; with batches of 2 and an odd number of examples one has 3,
     * since batch normalisation cannot learn from one.
     */
    public Builder batchSize(int number) {
      batchSize = (int) Require.positive((long) number, "batchSize");
      return this;
    }

    /**
     * All batches are full: the examples beyond are left out of the epoch, other ones in each. They
     * still count in the size of the data set that the KL divergence is divided by.
     */
    public Builder dropLast() {
      dropLast = true;
      return this;
    }

    /**
     * Makes a step of the gradients of several batches, as one of a batch that would not fit into
     * memory: the loss is the mean over all their examples. Each batch has weights drawn for it,
     * and its own batch statistics. An epoch then has so many times fewer steps. Buffers of your
     * own layers that are updated with {@code Pass.defer} have to copy what they need of the pass.
     *
     * @param batches of a step, 1 unless set
     */
    public Builder accumulate(int batches) {
      accumulated = (int) Require.positive((long) batches, "accumulate");
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
      Require.nonNull(other, "other");
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
      Require.nonNull(schedule, "schedule");
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
      Require.nonNull(schedule, "schedule");
      learningRate = schedule;
      return this;
    }

    /** Maker of the optimizer; Adam unless set. */
    public Builder optimizer(Function<Map<String, Parameter>, Optimizer> maker) {
      Require.nonNull(maker, "maker");
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
      Require.nonNull(figures, "figures");
      validation = figures;
      return this;
    }

    /** When to stop before the epochs are done; never unless set. */
    public Builder earlyStopping(EarlyStopping rule) {
      Require.nonNull(rule, "rule");
      earlyStopping = rule;
      return this;
    }

    /** Who hears of progress. */
    public Builder listener(TrainingListener hearer) {
      Require.nonNull(hearer, "hearer");
      listener = hearer;
      return this;
    }

    /**
     * File to write after every epoch. If it is a symbolic link to a file, that file is written.
     */
    public Builder checkpoint(Path file) {
      Require.nonNull(file, "file");
      checkpoint = file;
      return this;
    }

    /**
     * Goes on from the checkpoint if the file exists; a symbolic link that leads to no file is an
     * error. The numbers are those of an uninterrupted run: settings and data (see {@link
     * Dataset#fingerprint}) have to be the same, but for epochs, validation and early stopping. A
     * loss that is a lambda cannot be told from another.
     */
    public Builder resume() {
      resume = true;
      return this;
    }

    /**
     * Takes the gradients of the loss from elsewhere; computed here from the data unless set. The
     * data then tell the number of all examples, of which a step takes about a batch, and are not
     * asked for any; draws and precision are the source's affair.
     */
    public Builder gradients(GradientSource elsewhere) {
      source = Require.nonNull(elsewhere, "elsewhere");
      return this;
    }

    /**
     * The trainer.
     *
     * @throws IllegalArgumentException if two settings do not go together, or the model is
     *     quantized
     */
    public Trainer build() {
      PredictionOnly.refuseIn(model, "train");
      Require.argument(!resume || checkpoint != null, "resume() needs a checkpoint file");
      Require.argument(
          earlyStopping == null || validation != null, "earlyStopping needs a validation");
      Require.argument(
          !dropLast || data.size() >= batchSize,
          "dropLast() needs data of at least one batch of %d examples, got %d",
          batchSize,
          data.size());
      Require.argument(
          source == null || !dropLast,
          "dropLast() does not go together with gradients from elsewhere, which take all examples");
      return new Trainer(this);
    }

    /** What a resumed run must share, by name. */
    private Map<String, String> words(Optimizer made) {
      Map<String, String> words = new LinkedHashMap<>();
      words.put("seed", Long.toString(seed));
      words.put("batchSize", Integer.toString(batchSize));
      words.put("dropLast", Boolean.toString(dropLast));
      words.put("accumulate", Integer.toString(accumulated));
      words.put("datasetSize", Integer.toString(data.size()));
      words.put("data", data.fingerprint());
      words.put("samples", Integer.toString(samples));
      words.put("precision", precision.name());
      words.put("optimizer", made.toString());
      words.put("clipNorm", Double.toString(greatestNorm));
      words.put("loss", RunSettings.word(loss));
      words.putAll(RunSettings.words(model));
      return words;
    }
  }
}
