package io.bayes4j.examples.programs;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.LogitScaling;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.loss.AlignmentLosses;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Ivon;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.posterior.Ensemble;
import io.bayes4j.layers.posterior.LaplaceCovariance;
import io.bayes4j.layers.posterior.LastLayerLaplace;
import io.bayes4j.layers.posterior.Likelihood;
import io.bayes4j.layers.posterior.SwagCollector;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.MonteCarloDropout;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.train.TrainingListener;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The rows of a study: posteriors of one trained network, all but the ensemble on from the same
 * weights.
 */
final class StudyWays {
  private static final int BATCH = 128;
  private static final int MEMBERS = 3;

  /** Epochs of a network from scratch, and of those that go on from it. */
  private static final int FRESH = 5;

  private static final int FURTHER = 3;
  private static final double RATE = 5e-4;

  /** Weight of the AvU loss beside the bound, as Krishnan and Tickoo have it. */
  private static final double AVU = 3;

  /** Weights that SWAG collects in an epoch. */
  private static final int COLLECTED = 10;

  private static final double DROPOUT = 0.1;

  private final StudyTask task;
  private final int draws;
  private final double effort;
  private final long seed;
  private final Path file;

  /**
   * Ways.
   *
   * @param file where the plain network is kept
   */
  StudyWays(StudyTask task, int draws, double effort, long seed, Path file) {
    this.task = task;
    this.draws = draws;
    this.effort = effort;
    this.seed = seed;
    this.file = file;
  }

  /** Trains what has to be trained. */
  @FunctionalInterface
  interface Way {
    Predictor predictor() throws IOException;
  }

  /** All by name, the deterministic one first. */
  Map<String, Way> all() {
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put("deterministic", () -> MonteCarlo.atMean(plain()).precision(task.precision()));
    ways.put("temperature", this::temperature);
    ways.put("MC dropout", this::dropout);
    ways.put("SWAG", this::swag);
    ways.put("ensemble of " + MEMBERS, this::ensemble);
    ways.put("last-layer Laplace", this::laplace);
    ways.put("tuned last-layer Laplace", this::tunedLaplace);
    ways.put("IVON", this::ivon);
    ways.put("MOPED + flipout", () -> moped(Losses.crossEntropy()));
    ways.put("MOPED + flipout, AvUC", () -> moped(withAvu()));
    return ways;
  }

  private Layer fresh(long own) {
    return task.network().make(LayerFactory.deterministic(Init.seeded(own)));
  }

  /** A network trained in the usual way: read from its file, or trained and written there. */
  private Layer plain() throws IOException {
    Layer model = fresh(seed);
    if (task.loadInto(model)) {
      return model;
    }
    if (Files.exists(file)) {
      Checkpoint.load(model, file);
    } else {
      run(model, Losses.crossEntropy(), FRESH, 2 * RATE).build().fit();
      Checkpoint.save(model, file, Map.of());
    }
    return model;
  }

  private Trainer.Builder run(Layer model, Loss loss, int epochs, double rate) {
    return run(model, loss, epochs, rate, TrainingListener.SILENT);
  }

  private Trainer.Builder run(
      Layer model, Loss loss, int epochs, double rate, TrainingListener listener) {
    int own = (int) Math.max(1, Math.round(effort * epochs));
    Dataset images = task.train();
    // Augmented images count epochs.
    TrainingListener all =
        images instanceof TrainingListener counting ? counting.and(listener) : listener;
    return Trainer.of(model, loss, images)
        .epochs(own)
        .batchSize(BATCH)
        .seed(seed)
        .learningRate(Schedule.cosine(rate, rate / 50, own))
        .precision(task.precision())
        .listener(all);
  }

  private Predictor temperature() throws IOException {
    Predictor plain = MonteCarlo.atMean(plain()).precision(task.precision());
    LogitScaling scaling =
        LogitScaling.temperature(plain.outputs(task.validation()), task.validationLabels());
    return x -> scaling.apply(plain.outputs(x));
  }

  /** Dropout before every layer with weights but the first, and some epochs to get used to it. */
  private Predictor dropout() throws IOException {
    Layer plain = plain();
    IdentityHashMap<Layer, Layer> dropping = new IdentityHashMap<>();
    List<Layer> withWeights =
        Layers.of(plain).stream()
            .map(Layers.Located::layer)
            .filter(layer -> layer instanceof Affine)
            .toList();
    withWeights.stream()
        .skip(1)
        .forEach(layer -> dropping.put(layer, Sequential.of(new Dropout(DROPOUT), layer)));
    Layer model = Layers.replace(plain, dropping);
    run(model, Losses.crossEntropy(), FURTHER, RATE).build().fit();
    return MonteCarloDropout.of(model).samples(draws).seed(seed).precision(task.precision());
  }

  private Predictor swag() throws IOException {
    Layer model = plain();
    int steps = Math.max(1, task.train().size() / BATCH / COLLECTED);
    SwagCollector collector = SwagCollector.of(model).everySteps(steps);
    run(model, Losses.crossEntropy(), FURTHER, RATE, collector).learningRate(RATE).build().fit();
    return collector.posterior(task.train()).samples(draws).seed(seed);
  }

  /**
   * Networks trained apart from scratch; where the study began with trained weights, each goes on
   * from them with a seed of its own, at four times the rate.
   */
  private Predictor ensemble() throws IOException {
    boolean given = task.weights().isPresent();
    Map<String, INDArray> start = given ? StateDict.copyOf(plain()) : Map.of();
    return Ensemble.train(
        MEMBERS,
        seed + 1,
        own -> {
          Layer member = fresh(own);
          if (given) {
            StateDict.load(member, start);
          }
          return member;
        },
        member ->
            run(
                member,
                Losses.crossEntropy(),
                given ? FURTHER : FRESH,
                given ? 4 * RATE : 2 * RATE));
  }

  /** With the precision that validation images ask for. */
  private Predictor tunedLaplace() throws IOException {
    return laplace()
        .priorPrecisionOfLeast(
            predictor ->
                new ClassificationEvaluator()
                    .add(predictor.classify(task.validation()).mean(), task.validationLabels())
                    .scores()
                    .nll());
  }

  private LastLayerLaplace laplace() throws IOException {
    return LastLayerLaplace.fit(
            plain(), task.train(), Likelihood.classes(), LaplaceCovariance.KRONECKER)
        .samples(draws)
        .seed(seed);
  }

  private Layer converted() throws IOException {
    VariationalSpec spec = VariationalSpec.defaults().withPrior(GaussianPrior.of(0, 0.05));
    return DnnToBnn.convert(
            plain(),
            ConversionOptions.of(Estimator.FLIPOUT).withSpec(spec).withMoped(Moped.of(0.1)))
        .model();
  }

  /** Of MOPED's start it keeps the means: the spreads are its own. */
  private Predictor ivon() throws IOException {
    Layer model = converted();
    run(model, Losses.crossEntropy(), FURTHER, 0.05)
        .optimizer(parameters -> Ivon.of(parameters, task.train().size()))
        .beta(0)
        .build()
        .fit();
    return drawing(model);
  }

  private Predictor moped(Loss loss) throws IOException {
    Layer model = converted();
    run(model, loss, FURTHER, RATE).build().fit();
    return drawing(model);
  }

  private static Loss withAvu() {
    Loss likelihood = Losses.crossEntropy();
    Loss avu = AlignmentLosses.areaUnderAccuracyVersusUncertainty();
    return (output, targets) ->
        Ops.add(likelihood.of(output, targets), Ops.scale(avu.of(output, targets), AVU));
  }

  private Predictor drawing(Layer model) {
    return MonteCarlo.of(model).samples(draws).seed(seed).precision(task.precision());
  }
}
