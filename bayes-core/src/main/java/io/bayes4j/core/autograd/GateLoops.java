package io.bayes4j.core.autograd;

import io.bayes4j.core.internal.FloatLoops;
import io.bayes4j.core.internal.Scratch;

/** Squashing functions and their gradients over a range of a heap array, in vectorisable loops. */
final class GateLoops {
  private GateLoops() {}

  /** x = 1 / (1 + e^-x). */
  static void sigmoid(float[] x, int from, int to) {
    squash(x, from, to, 1);
  }

  /** x = tanh x = 2 / (1 + e^-2x) - 1, with the absolute error of a float near one. */
  static void tanh(float[] x, int from, int to) {
    squash(x, from, to, 2);
    for (int i = from; i < to; i++) {
      x[i] = 2 * x[i] - 1;
    }
  }

  private static void squash(float[] x, int from, int to, float slope) {
    try (Scratch scratch = Scratch.open()) {
      float[] chunk = scratch.array();
      float[] exp = scratch.array();
      float[] powers = scratch.array();
      for (int at = from; at < to; at += Scratch.SIZE) {
        int n = Math.min(Scratch.SIZE, to - at);
        for (int i = 0; i < n; i++) {
          chunk[i] = slope * x[at + i];
        }
        FloatLoops.expNegativeAbsolute(chunk, exp, powers, n);
        FloatLoops.sigmoid(chunk, exp, chunk, n);
        System.arraycopy(chunk, 0, x, at, n);
      }
    }
  }

  /** out = gradient * factor * y (1 - y), where y is a sigmoid. */
  static void throughSigmoid(
      float[] gradient, float[] factor, float[] y, float[] out, int from, int to) {
    for (int i = from; i < to; i++) {
      out[i] = gradient[i] * factor[i] * (y[i] * (1 - y[i]));
    }
  }

  /** out = gradient * factor * (1 - y^2), where y is a hyperbolic tangent. */
  static void throughTanh(
      float[] gradient, float[] factor, float[] y, float[] out, int from, int to) {
    for (int i = from; i < to; i++) {
      out[i] = gradient[i] * factor[i] * (1 - y[i] * y[i]);
    }
  }
}
