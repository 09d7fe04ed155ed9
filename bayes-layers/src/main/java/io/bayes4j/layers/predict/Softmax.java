package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Probabilities of logits, in place: no gradient, no second array of all samples. */
final class Softmax {
  /** Floats that a thread takes at once, or as many as belong together. */
  private static final int GRAIN = 1 << 13;

  private Softmax() {}

  /** Softmax along axis 2 of [samples, N, K, places...]. */
  static void inPlace(INDArray logits) {
    int classes = Math.toIntExact(logits.size(2));
    int places = 1;
    for (int axis = 3; axis < logits.rank(); axis++) {
      places = Math.toIntExact(places * logits.size(axis));
    }
    int stride = places;
    inBlocks(
        logits,
        Math.multiplyExact(classes, places),
        (x, at) -> {
          for (int p = 0; p < stride; p++) {
            column(x, at + p, classes, stride);
          }
        });
  }

  /** 1 / (1 + e^-x) of every number. */
  static void sigmoidInPlace(INDArray logits) {
    inBlocks(logits, 1, (x, at) -> x[at] = sigmoid(x[at]));
  }

  /** 1 / (1 + e^-x), which loses nothing on either side. */
  static float sigmoid(double x) {
    double e = Math.exp(-Math.abs(x));
    return (float) ((x >= 0 ? 1 : e) / (1 + e));
  }

  /** Changes a block that begins at a place. */
  @FunctionalInterface
  private interface Block {
    void change(float[] x, int at);
  }

  private static void inBlocks(INDArray array, int length, Block block) {
    FloatMemory memory = FloatMemory.of(array, "logits");
    Parallel.forRange(
        memory.length() / length,
        Math.max(1, GRAIN / length),
        (from, to) -> {
          float[] x = new float[Math.toIntExact((to - from) * length)];
          memory.read(from * length, x, x.length);
          for (int at = 0; at < x.length; at += length) {
            block.change(x, at);
          }
          memory.write(from * length, x, x.length);
        });
  }

  private static void column(float[] x, int at, int classes, int stride) {
    int end = at + classes * stride;
    float max = x[at];
    for (int i = at + stride; i < end; i += stride) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = at; i < end; i += stride) {
      double e = Math.exp(x[i] - max);
      sum += e;
      x[i] = (float) e;
    }
    for (int i = at; i < end; i += stride) {
      x[i] = (float) (x[i] / sum);
    }
  }
}
