package io.bayes4j.layers.train;

import java.util.Map;
import java.util.TreeMap;

/** Means over the examples of an epoch. */
final class Averages {
  private final Map<String, Double> metrics = new TreeMap<>();
  private double loss;
  private double likelihood;
  private double kl;
  private double norm;
  private long examples;

  void add(TrainingStep.Figures step, int size) {
    loss += size * step.loss();
    likelihood += size * step.negativeLogLikelihood();
    kl += size * step.kl();
    norm += size * step.gradientNorm();
    step.metrics().forEach((name, value) -> metrics.merge(name, size * value, Double::sum));
    examples += size;
  }

  EpochRecord record(
      int epoch, double learningRate, double seconds, Map<String, Double> validation) {
    double n = examples;
    metrics.replaceAll((name, sum) -> sum / n);
    return new EpochRecord(
        epoch,
        loss / n,
        likelihood / n,
        kl / n,
        learningRate,
        norm / n,
        seconds,
        metrics,
        validation);
  }
}
