package io.bayes4j.examples.programs;

import io.bayes4j.layers.predict.RegressionPrediction;
import java.util.function.IntToDoubleFunction;

/** One Gaussian of two sensors' at each time. */
final class Fusion {
  private final Sensor a;
  private final Sensor b;
  private final float[] meanA;
  private final float[] meanB;
  private final float[] varianceA;
  private final float[] varianceB;

  Fusion(Sensor a, Sensor b) {
    this.a = a;
    this.b = b;
    meanA = Numbers.floats(a.prediction().mean());
    meanB = Numbers.floats(b.prediction().mean());
    varianceA = Numbers.floats(a.prediction().totalVariance());
    varianceB = Numbers.floats(b.prediction().totalVariance());
  }

  /** Both alike. */
  RegressionPrediction averaged() {
    return shared(time -> 0.5);
  }

  /** Each by one over its variance. */
  RegressionPrediction weighed() {
    return shared(this::byPrecision);
  }

  /** As {@link #weighed}, of the sensors that know; of both, if neither does. */
  RegressionPrediction trusting() {
    return shared(
        time -> a.knows(time) == b.knows(time) ? byPrecision(time) : a.knows(time) ? 1 : 0);
  }

  private double byPrecision(int time) {
    return varianceB[time] / ((double) varianceA[time] + varianceB[time]);
  }

  private RegressionPrediction shared(IntToDoubleFunction shareOfA) {
    float[] mean = new float[meanA.length];
    float[] variance = new float[mean.length];
    for (int i = 0; i < mean.length; i++) {
      double share = shareOfA.applyAsDouble(i);
      double rest = 1 - share;
      mean[i] = (float) (share * meanA[i] + rest * meanB[i]);
      variance[i] = (float) (share * share * varianceA[i] + rest * rest * varianceB[i]);
    }
    return new RegressionPrediction(
        Numbers.array(mean, 1, mean.length, 1), Numbers.array(variance, 1, mean.length, 1));
  }
}
