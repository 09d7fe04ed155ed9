package io.bayes4j.examples.cifar;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.layers.optim.Adam;
import io.bayes4j.layers.optim.Optimizer;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.optim.Sgd;
import java.util.Map;

/** Trainings by name: all their numbers are here. */
enum CifarRecipe {
  /**
   * He et al. 2016, section 4.2, in a third of its epochs and with a cosine: gradient descent with
   * momentum 0.9 and weight decay.
   */
  PLAIN(60, 128, 0.1, 0, 0, 0, 0) {
    @Override
    Optimizer optimizer(Map<String, Parameter> parameters) {
      return new Sgd(parameters, 0.9, 5e-4);
    }
  },

  /** Bayes by backprop from scratch: the divergence comes in over ten epochs. */
  VARIATIONAL(60, 128, 2e-3, 0.1, 0.02, 0.1, 10),

  /**
   * On from a trained network: MOPED with delta 0.1 and the prior N(w, 0.05²), the bound as it is
   * (docs/results-resnet20.md).
   */
  MOPED(20, 128, 5e-4, 0.05, 0, 1, 0),

  /** As {@link #MOPED}, for a try in minutes. */
  QUICK(1, 128, 5e-4, 0.05, 0, 1, 0);

  /** MOPED's spread relative to a weight. */
  static final double DELTA = 0.1;

  /** The learning rate ends at this share of its start. */
  private static final double FINAL_SHARE = 0.01;

  private final int epochs;
  private final int batchSize;
  private final double learningRate;
  private final double priorSigma;
  private final double initialSigma;
  private final double beta;
  private final double warmUp;

  CifarRecipe(
      int epochs,
      int batchSize,
      double learningRate,
      double priorSigma,
      double initialSigma,
      double beta,
      double warmUp) {
    this.epochs = epochs;
    this.batchSize = batchSize;
    this.learningRate = learningRate;
    this.priorSigma = priorSigma;
    this.initialSigma = initialSigma;
    this.beta = beta;
    this.warmUp = warmUp;
  }

  Optimizer optimizer(Map<String, Parameter> parameters) {
    return new Adam(parameters);
  }

  int epochs() {
    return epochs;
  }

  int batchSize() {
    return batchSize;
  }

  double priorSigma() {
    return priorSigma;
  }

  double initialSigma() {
    return initialSigma;
  }

  Schedule learningRate(int lasting) {
    return Schedule.cosine(learningRate, FINAL_SHARE * learningRate, lasting);
  }

  Schedule beta() {
    return warmUp > 0 ? Schedule.linear(0, beta, warmUp) : Schedule.constant(beta);
  }
}
