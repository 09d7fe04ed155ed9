package io.bayes4j.spark;

import java.io.Serial;
import java.io.Serializable;

/**
 * What examples say of one dense layer at one point: sums over them of the second moments of its
 * inputs and of the gradients of its outputs, and the gradient of its weights. Inputs have a one at
 * their end where the layer has a bias.
 */
final class DenseCurvature implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private final float[] inputs;
  private final float[] outputs;
  private final float[] gradient;

  /**
   * Takes the arrays themselves.
   *
   * @param inputs [width, width]
   * @param outputs [units, units]
   * @param gradient [units, width]
   */
  DenseCurvature(float[] inputs, float[] outputs, float[] gradient) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.gradient = gradient;
  }

  static DenseCurvature nothing(int width, int units) {
    return new DenseCurvature(
        new float[width * width], new float[units * units], new float[units * width]);
  }

  float[] inputs() {
    return inputs;
  }

  float[] outputs() {
    return outputs;
  }

  float[] gradient() {
    return gradient;
  }

  /** Adds what other examples say. */
  void add(DenseCurvature other) {
    add(other.inputs, inputs);
    add(other.outputs, outputs);
    add(other.gradient, gradient);
  }

  private static void add(float[] from, float[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += from[i];
    }
  }

  int numbers() {
    return inputs.length + outputs.length + gradient.length;
  }
}
