package io.bayes4j.examples.programs;

import io.bayes4j.examples.data.UciSet;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Standardized;
import io.bayes4j.layers.Standardizer;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.loss.ObservationNoise;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.posterior.Ensemble;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.predict.SpreadScaling;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EmpiricalBayes;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.LinearLocalReparameterization;
import io.bayes4j.layers.variational.Priors;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Ways to a posterior of a network of one hidden layer of 50 units. */
enum UciWay {
  /** Variational inference: see "Few examples, numbers" in docs/outputs.md. */
  VI(
      List.of(
          new UciRecipe("relu", Activation.RELU, 5000, 0.01, false),
          new UciRecipe("tanh", Activation.TANH, 5000, 0.01, false),
          new UciRecipe("fitted", Activation.RELU, 5000, 0.01, true)),
      "PBP",
      new double[][] {{1.015, -1.634}, {1.804, -2.042}, {5.667, -3.161}}) {
    @Override
    RegressionPrediction predict(UciSet.Split split, UciRecipe recipe, long seed)
        throws IOException {
      VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.02);
      Layer network =
          Sequential.of(
              new LinearLocalReparameterization(split.x().size(1), UNITS, spec, Init.seeded(seed)),
              recipe.activation(),
              new LinearLocalReparameterization(UNITS, 1, spec, Init.seeded(seed + 1)),
              new ObservationNoise(1, 0.5));
      Priors.byFanIn(network, 2);
      Standardized model = standardized(split, network);
      int epochs = epochs(split, recipe.steps());
      Trainer.Builder run =
          run(split, model, recipe).seed(seed).beta(Schedule.linear(0, 1, 0.2 * epochs));
      if (recipe.fitsPriors()) {
        run.listener(EmpiricalBayes.of(network, epochs / 2 + 1));
      }
      run.build().fit();
      return MonteCarlo.of(model)
          .samples(DRAWS)
          .seed(seed)
          .regress(split.testX())
          .unstandardized(model.targets());
    }
  },

  /** Five plain networks that predict a mean and a variance each. */
  ENSEMBLE(
      List.of(
          new UciRecipe("brief", Activation.TANH, 400, 0.01, false),
          new UciRecipe("short", Activation.RELU, 1000, 0.01, false),
          new UciRecipe("long", Activation.RELU, 3000, 0.01, false)),
      "deep ensemble",
      new double[][] {{1.58, -1.18}, {2.09, -1.38}, {6.03, -3.06}}) {
    @Override
    RegressionPrediction predict(UciSet.Split split, UciRecipe recipe, long seed)
        throws IOException {
      Ensemble ensemble =
          Ensemble.train(
              MEMBERS,
              seed * MEMBERS,
              own -> standardized(split, plain(split, recipe, Init.seeded(own))),
              member -> run(split, (Standardized) member, recipe));
      return ensemble.regress(split.testX()).unstandardized(Standardizer.fit(split.y()));
    }

    /** Networks that learn their noise are too sure of themselves where they have seen little. */
    @Override
    SpreadScaling scaling(RegressionPrediction heldOut, INDArray targets) {
      return SpreadScaling.fit(heldOut, targets);
    }
  };

  private static final int UNITS = 50;
  private static final int DRAWS = 100;
  private static final int MEMBERS = 5;
  private static final int BATCH = 100;

  @SuppressWarnings("ImmutableEnumChecker") // A list of records, copied.
  private final List<UciRecipe> recipes;

  private final String published;

  /** RMSE and log-likelihood on yacht, energy and concrete. */
  @SuppressWarnings("ImmutableEnumChecker") // Never written to, nor given away.
  private final double[][] figures;

  UciWay(List<UciRecipe> recipes, String published, double[][] figures) {
    this.recipes = List.copyOf(recipes);
    this.published = published;
    this.figures = figures;
  }

  /** What a network that this way trained on a split predicts for the split's test examples. */
  abstract RegressionPrediction predict(UciSet.Split split, UciRecipe recipe, long seed)
      throws IOException;

  /** What stretches the spreads, fitted on predictions of held-out examples: nothing here. */
  SpreadScaling scaling(RegressionPrediction heldOut, INDArray targets) {
    return new SpreadScaling(1);
  }

  /** What is chosen among. */
  List<UciRecipe> recipes() {
    return recipes;
  }

  /** What is published beside it, for one of the sets that have it; else nothing. */
  String published(String set) {
    int at = List.of("yacht", "energy", "concrete").indexOf(set);
    return at < 0
        ? ""
        : String.format(Locale.ROOT, "%s %.3f, %.3f", published, figures[at][0], figures[at][1]);
  }

  private static Layer plain(UciSet.Split split, UciRecipe recipe, Init init) {
    return Sequential.of(
        new Linear(split.x().size(1), UNITS, init),
        recipe.activation(),
        new Linear(UNITS, 2, init));
  }

  private static Standardized standardized(UciSet.Split split, Layer network) {
    return new Standardized(Standardizer.fit(split.x()), network, Standardizer.fit(split.y()));
  }

  private static Trainer.Builder run(UciSet.Split split, Standardized model, UciRecipe recipe) {
    int epochs = epochs(split, recipe.steps());
    double rate = recipe.learningRate();
    Dataset data = Dataset.of(split.x(), model.targets().apply(split.y()));
    return Trainer.of(model, Losses.gaussianNll(), data)
        .epochs(epochs)
        .batchSize(BATCH)
        .learningRate(Schedule.cosine(rate, rate / 100, epochs));
  }

  private static int epochs(UciSet.Split split, int steps) {
    long ofEpoch = (split.x().size(0) + BATCH - 1) / BATCH;
    return (int) Math.max(1, Math.round((double) steps / ofEpoch));
  }
}
