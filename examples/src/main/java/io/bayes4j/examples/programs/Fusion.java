package io.bayes4j.examples.programs;

import io.bayes4j.examples.Numbers;
import io.bayes4j.layers.predict.RegressionPrediction;
import java.util.function.IntToDoubleFunction;

/** One Gaussian of two sensors' at each time. */
final class Fusion {
  private final Sensor a;
  private final Sensor b;
  private final float[] varianceA;
  private final float[] varianceB;

  Fusion(Sensor a, Sensor b) {
    this.a = a;
    this.b = b;
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

  /** Draw by draw, so that what is not known stays told apart from noise. */
  private RegressionPrediction shared(IntToDoubleFunction shareOfA) {
    float[] meansA = Numbers.floats(a.prediction().means());
    float[] meansB = Numbers.floats(b.prediction().means());
    float[] noiseA = Numbers.floats(a.prediction().variances());
    float[] noiseB = Numbers.floats(b.prediction().variances());
    int times = varianceA.length;
    float[] means = new float[meansA.length];
    float[] variances = new float[means.length];
    for (int i = 0; i < means.length; i++) {
      double share = shareOfA.applyAsDouble(i % times);
      double rest = 1 - share;
      means[i] = (float) (share * meansA[i] + rest * meansB[i]);
      variances[i] = (float) (share * share * noiseA[i] + rest * rest * noiseB[i]);
    }
    long draws = a.prediction().draws();
    return new RegressionPrediction(
        Numbers.array(means, draws, times, 1), Numbers.array(variances, draws, times, 1));
  }
}
