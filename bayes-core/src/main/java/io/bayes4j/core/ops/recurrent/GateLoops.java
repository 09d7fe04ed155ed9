package io.bayes4j.core.ops.recurrent;

/** Gradients through squashing functions, in vectorisable loops. */
final class GateLoops {
  private GateLoops() {}

  /** out = gradient * factor * y (1 - y), where y is a sigmoid. */
  static void throughSigmoid(float[] gradient, float[] factor, float[] y, float[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = gradient[i] * factor[i] * (y[i] * (1 - y[i]));
    }
  }

  /** out = gradient * factor * (1 - y^2), where y is a hyperbolic tangent. */
  static void throughTanh(float[] gradient, float[] factor, float[] y, float[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = gradient[i] * factor[i] * (1 - y[i] * y[i]);
    }
  }
}
