package io.bayes4j.examples.programs;

import io.bayes4j.examples.Numbers;
import io.bayes4j.layers.predict.RegressionPrediction;
import java.util.Arrays;

/**
 * What a sensor's network says at each time.
 *
 * @param prediction of the distance
 * @param notKnown epistemic standard deviation at each time
 * @param limit what it does not exceed on 99 % of sound readings that it has not learned from
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Sensor(RegressionPrediction prediction, double[] notKnown, double limit) {
  private static final double SOUND_SHARE = 0.99;

  static Sensor of(RegressionPrediction prediction, RegressionPrediction sound) {
    return new Sensor(
        prediction, deviations(prediction), Numbers.quantile(SOUND_SHARE, deviations(sound)));
  }

  private static double[] deviations(RegressionPrediction prediction) {
    return Arrays.stream(Numbers.doubles(prediction.epistemicVariance())).map(Math::sqrt).toArray();
  }

  boolean knows(int time) {
    return notKnown[time] <= limit;
  }
}
