package io.bayes4j.report;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.train.EpochRecord;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Predictions for tests, drawn from seeded noise. */
final class Examples {
  private Examples() {}

  /**
   * Logits near {@code strength} for class i % classes and 0 for others, with noise of deviation 1
   * over examples and as much again over draws.
   */
  static Prediction prediction(int seed, int draws, int count, int classes, float strength) {
    float[] logits = new float[draws * count * classes];
    Noise.seeded(seed).normals(logits, 0, logits.length, 0);
    float[] ofExamples = new float[count * classes];
    Noise.seeded(seed).split(1).normals(ofExamples, 0, ofExamples.length, 0);
    for (int i = 0; i < logits.length; i++) {
      logits[i] += ofExamples[i % ofExamples.length];
    }
    for (int row = 0; row < draws * count; row++) {
      logits[row * classes + row % count % classes] += strength;
    }
    return of(Detached.of(logits, draws, count, classes));
  }

  static Prediction of(INDArray logits) {
    Predictor predictor = x -> logits;
    return predictor.classify(Detached.zeros(logits.size(1), 1));
  }

  static int[] labels(int count, int classes) {
    return IntStream.range(0, count).map(i -> i % classes).toArray();
  }

  /** Means y = sin(x) plus 0.1 times noise, noise variance 0.04. */
  static RegressionPrediction regression(int seed, int draws, double... x) {
    float[] means = new float[draws * x.length];
    Noise.seeded(seed).normals(means, 0, means.length, 0);
    for (int i = 0; i < means.length; i++) {
      means[i] = (float) (Math.sin(x[i % x.length]) + 0.1 * means[i]);
    }
    return new RegressionPrediction(
        Detached.of(means, draws, x.length, 1), Detached.full(0.04, draws, x.length, 1));
  }

  static double[] line(int count) {
    return IntStream.range(0, count).mapToDouble(i -> 6.0 * i / count).toArray();
  }

  static INDArray sine(int seed, double... x) {
    float[] y = new float[x.length];
    Noise.seeded(seed).normals(y, 0, y.length, 0);
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) (Math.sin(x[i]) + 0.2 * y[i]);
    }
    return Detached.of(y, x.length, 1);
  }

  static List<EpochRecord> history() {
    return List.of(epoch(1, 2.3, 0.4), epoch(2, 1.1, 0.7), epoch(3, 0.6, 0.8));
  }

  private static EpochRecord epoch(int number, double loss, double accuracy) {
    return new EpochRecord(
        number,
        loss,
        loss * 0.8,
        loss * 0.2,
        0.1 / number,
        1,
        2,
        Map.of("accuracy", accuracy),
        Map.of("accuracy", accuracy - 0.1, "nll", loss));
  }
}
