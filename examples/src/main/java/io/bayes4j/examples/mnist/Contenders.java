package io.bayes4j.examples.mnist;

import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.posterior.Ensemble;
import io.bayes4j.layers.posterior.LaplaceCovariance;
import io.bayes4j.layers.posterior.LastLayerLaplace;
import io.bayes4j.layers.posterior.Likelihood;
import io.bayes4j.layers.posterior.SignalToNoise;
import io.bayes4j.layers.posterior.SwagCollector;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.MonteCarloDropout;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;

/** Trains one network of each kind on the same digits, as alike as their kinds allow. */
final class Contenders {
  static final String NETWORK = "perceptron 784-400-100-10";

  private static final int PIXELS = 784;
  private static final int MEMBERS = 5;
  private static final double DROPOUT = 0.5;
  private static final double PRUNED = 0.75;

  /** Weights that SWAG collects in an epoch. */
  private static final int COLLECTED = 10;

  private final Dataset digits;
  private final Recipe recipe;
  private final int samples;
  private final long seed;

  Contenders(Dataset digits, Recipe recipe, int samples, long seed) {
    this.digits = digits;
    this.recipe = recipe;
    this.samples = samples;
    this.seed = seed;
  }

  /** What has to be trained before it can be handed on. */
  @FunctionalInterface
  private interface Training {
    Predictor run() throws IOException;
  }

  /** Trains all and hands each on before the next is trained. */
  void train(Consumer<Contender> next) throws IOException {
    Sequential plain = network(LayerFactory.deterministic(Init.seeded(seed)));
    Contender one = timed("deterministic", 0, () -> MonteCarlo.atMean(fitted(plain)));
    next.accept(one);
    next.accept(timed("MC dropout", 0, this::dropout));
    for (LaplaceCovariance covariance : LaplaceCovariance.values()) {
      String name = "last-layer Laplace, " + lower(covariance);
      next.accept(timed(name, one.seconds(), () -> laplace(plain, covariance)));
    }
    next.accept(timed("ensemble of " + MEMBERS, 0, this::ensemble));
    next.accept(timed("SWAG", one.seconds(), () -> swag(plain)));
    for (Estimator estimator : Estimator.values()) {
      Layer model = variational(estimator);
      Contender whole = timed(lower(estimator), 0, () -> drawing(fitted(model)));
      next.accept(whole);
      if (estimator == Estimator.FLIPOUT) {
        String name = String.format(Locale.US, "the same, %.0f %% pruned", 100 * PRUNED);
        next.accept(timed(name, whole.seconds(), () -> pruned(model)));
      }
    }
  }

  private static Contender timed(String name, double before, Training training) throws IOException {
    long start = System.nanoTime();
    Predictor predictor = training.run();
    return new Contender(name, predictor, before + (System.nanoTime() - start) / 1e9);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private Predictor dropout() throws IOException {
    LayerFactory plain = LayerFactory.deterministic(Init.seeded(seed));
    LayerFactory dropping =
        new LayerFactory() {
          @Override
          public Layer linear(long inputs, long units) {
            Layer linear = plain.linear(inputs, units);
            return inputs == PIXELS ? linear : Sequential.of(new Dropout(DROPOUT), linear);
          }

          @Override
          public Layer conv2d(ConvSpec spec) {
            return plain.conv2d(spec);
          }
        };
    return MonteCarloDropout.of(fitted(network(dropping))).samples(samples).seed(seed);
  }

  private Predictor laplace(Layer trained, LaplaceCovariance covariance) {
    return LastLayerLaplace.fit(trained, digits, Likelihood.classes(), covariance)
        .samples(samples)
        .seed(seed);
  }

  private Predictor ensemble() throws IOException {
    return Ensemble.train(
        MEMBERS,
        seed,
        own -> network(LayerFactory.deterministic(Init.seeded(own))),
        model -> usual(model));
  }

  /** Goes on from a trained network at half the rate that its training began with. */
  private Predictor swag(Layer trained) throws IOException {
    Sequential model = network(LayerFactory.deterministic(Init.seeded(seed)));
    StateDict.load(model, StateDict.copyOf(trained));
    int steps = Math.max(1, digits.size() / recipe.batchSize() / COLLECTED);
    SwagCollector collector = SwagCollector.of(model).everySteps(steps);
    usual(model)
        .seed(seed)
        .learningRate(Schedule.constant(recipe.learningRate() / 2))
        .listener(collector)
        .build()
        .fit();
    return collector.posterior().samples(samples).seed(seed);
  }

  private Predictor pruned(Layer trained) {
    SignalToNoise.prune(trained, PRUNED);
    return drawing(trained);
  }

  private Layer variational(Estimator estimator) {
    VariationalSpec spec =
        VariationalSpec.defaults()
            .withPrior(GaussianPrior.of(0, recipe.priorSigma()))
            .withInitialSigma(recipe.initialSigma());
    return network(LayerFactory.variational(estimator, spec, Init.seeded(seed)));
  }

  private Predictor drawing(Layer trained) {
    return MonteCarlo.of(trained).samples(samples).seed(seed);
  }

  private static Sequential network(LayerFactory layers) {
    return Zoo.mlp(layers, PIXELS, 400, 100, 10);
  }

  private Layer fitted(Layer model) throws IOException {
    usual(model).seed(seed).build().fit();
    return model;
  }

  private Trainer.Builder usual(Layer model) {
    return Trainer.of(model, Losses.crossEntropy(), digits)
        .epochs(recipe.epochs())
        .batchSize(recipe.batchSize())
        .learningRate(recipe.schedule())
        .beta(recipe.klWeight());
  }
}
