package io.bayes4j.examples.mnist;

import io.bayes4j.examples.Check;
import io.bayes4j.layers.optim.Schedule;
import java.util.Locale;

/**
 * The numbers of a training.
 *
 * @param epochs times that every digit is seen
 * @param batchSize digits of a step
 * @param learningRate Adam's at the start; it falls to a fiftieth along a cosine
 * @param priorSigma standard deviation of the prior of every weight
 * @param initialSigma standard deviation that every weight starts with
 * @param beta weight of the KL divergence: 1 is Bayes' rule, below it the posterior is sharper
 * @param warmUp epochs over which beta rises from zero
 */
record Recipe(
    int epochs,
    int batchSize,
    double learningRate,
    double priorSigma,
    double initialSigma,
    double beta,
    double warmUp) {
  /** Training digits from which a set counts as large. */
  static final int LARGE = 10_000;

  /** The learning rate ends at this share of its start. */
  private static final double FINAL_SHARE = 0.02;

  Recipe {
    Check.positive(epochs, "--epochs");
    Check.positive(batchSize, "--batch-size");
    Check.positive(learningRate, "--learning-rate");
    Check.positive(priorSigma, "--prior-sigma");
    Check.positive(initialSigma, "--initial-sigma");
    Check.argument(beta >= 0 && Double.isFinite(beta), "--beta must be >= 0, got %s", beta);
    Check.argument(
        warmUp >= 0 && Double.isFinite(warmUp), "--warm-up must be >= 0, got %s", warmUp);
  }

  /** The learning rate over time. */
  Schedule schedule() {
    return Schedule.cosine(learningRate, FINAL_SHARE * learningRate, epochs);
  }

  /** Beta over time. */
  Schedule klWeight() {
    return warmUp > 0 ? Schedule.linear(0, beta, warmUp) : Schedule.constant(beta);
  }

  Recipe withEpochs(int number) {
    return new Recipe(number, batchSize, learningRate, priorSigma, initialSigma, beta, warmUp);
  }

  String words() {
    return String.format(
        Locale.US,
        "%d epochs, batches of %d, learning rate %s; if variational, prior sigma %s, beta %s",
        epochs,
        batchSize,
        learningRate,
        priorSigma,
        beta);
  }

  /** What has worked: see docs/results-mnist.md. */
  static Recipe forDigits(int trainingDigits) {
    return trainingDigits >= LARGE
        ? new Recipe(5, 128, 1e-3, 1, 0.02, 0.1, 0)
        : new Recipe(6, 32, 2e-3, 1, 0.035, 0.02, 0);
  }
}
