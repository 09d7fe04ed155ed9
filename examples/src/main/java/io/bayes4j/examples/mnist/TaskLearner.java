package io.bayes4j.examples.mnist;

import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Posteriors;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network that learns one task after another, and sees no earlier task's digits again. */
final class TaskLearner {
  private static final Estimator ESTIMATOR = Estimator.LOCAL_REPARAMETERIZATION;
  private static final int SAMPLES = 20;

  /** What is carried from task to task. */
  enum Memory {
    /** The weights of a plain network. */
    WEIGHTS("plain network, fine-tuned"),
    /** The posterior, as where training starts. */
    START("Bayesian, prior never changed"),
    /** The posterior, also as the next prior. */
    PRIOR("Bayesian, posterior becomes prior");

    private final String words;

    Memory(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  private final Memory memory;
  private final Recipe recipe;
  private final long seed;
  private final Sequential model;

  TaskLearner(Memory memory, Recipe recipe, long outputs, long seed) {
    this.memory = memory;
    this.recipe = recipe;
    this.seed = seed;
    this.model = Zoo.mlp(layers(), 784, 256, 256, outputs);
  }

  private LayerFactory layers() {
    Init init = Init.seeded(seed);
    if (memory == Memory.WEIGHTS) {
      return LayerFactory.deterministic(init);
    }
    VariationalSpec spec =
        VariationalSpec.defaults()
            .withPrior(GaussianPrior.of(0, recipe.priorSigma()))
            .withInitialSigma(recipe.initialSigma());
    return LayerFactory.variational(ESTIMATOR, spec, init);
  }

  /**
   * Learns the tasks in their order.
   *
   * @return after each task, the accuracy on it and each before it
   */
  List<List<Double>> learn(List<DigitTask> tasks) throws IOException {
    List<List<Double>> accuracies = new ArrayList<>();
    for (int k = 0; k < tasks.size(); k++) {
      if (k > 0 && memory == Memory.PRIOR) {
        Posteriors.becomePriors(model);
      }
      fit(tasks.get(k), seed + k);
      accuracies.add(tasks.subList(0, k + 1).stream().map(this::accuracy).toList());
    }
    return List.copyOf(accuracies);
  }

  private void fit(DigitTask task, long order) throws IOException {
    Trainer.of(model, task.loss(), task.train())
        .epochs(recipe.epochs())
        .batchSize(recipe.batchSize())
        .learningRate(recipe.schedule())
        .beta(recipe.klWeight())
        .seed(order)
        .build()
        .fit();
  }

  private double accuracy(DigitTask task) {
    Predictor all =
        memory == Memory.WEIGHTS
            ? MonteCarlo.atMean(model)
            : MonteCarlo.of(model).samples(SAMPLES).seed(seed);
    INDArray mean = task.of(all).classify(task.questions()).mean();
    return Calibration.accuracy(mean, task.answers());
  }
}
