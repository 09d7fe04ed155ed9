package io.bayes4j.examples.programs;

import io.bayes4j.core.random.Noise;
import io.bayes4j.examples.Numbers;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Bends that a car has taken.
 *
 * @param inputs sharpness, wetness and speed of each, from 0 to 1, [N, 3]
 * @param skidded 1 where the car lost its grip
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Bends(INDArray inputs, int[] skidded) {
  private static final int NUMBERS = 4;
  private static final double SLOWEST = 0.1;

  /** Bends taken at any speed; one of ten is wetter than 0.66. */
  static Bends driven(int count, Noise noise) {
    float[] uniforms = new float[NUMBERS * count];
    noise.uniforms(uniforms, 0, uniforms.length, 0);
    float[] inputs = new float[3 * count];
    int[] skidded = new int[count];
    for (int i = 0; i < count; i++) {
      double sharpness = uniforms[NUMBERS * i];
      double wetness = Math.pow(uniforms[NUMBERS * i + 1], 4);
      double speed = SLOWEST + (1 - SLOWEST) * uniforms[NUMBERS * i + 2];
      inputs[3 * i] = (float) sharpness;
      inputs[3 * i + 1] = (float) wetness;
      inputs[3 * i + 2] = (float) speed;
      skidded[i] = uniforms[NUMBERS * i + 3] < skids(sharpness, wetness, speed) ? 1 : 0;
    }
    return new Bends(Numbers.array(inputs, count, 3), skidded);
  }

  /** The chance to skid: it rises from 0 to 1 around the speed that the grip allows. */
  static double skids(double sharpness, double wetness, double speed) {
    double allowed = (1.1 - 0.7 * sharpness) * (1 - 0.45 * wetness);
    return 1 / (1 + Math.exp(-25 * (speed - allowed)));
  }
}
