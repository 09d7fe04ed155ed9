package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Softmax along the last axis, in place: no gradient, no second array of all samples. */
final class Softmax {
  private static final int ROWS = 512;

  private Softmax() {}

  static void inPlace(INDArray logits) {
    int classes = Math.toIntExact(logits.size(logits.rank() - 1));
    FloatMemory memory = FloatMemory.of(logits, "logits");
    Parallel.forRange(
        memory.length() / classes,
        ROWS,
        (from, to) -> {
          float[] rows = new float[Math.toIntExact((to - from) * classes)];
          memory.read(from * classes, rows, rows.length);
          for (int at = 0; at < rows.length; at += classes) {
            row(rows, at, classes);
          }
          memory.write(from * classes, rows, rows.length);
        });
  }

  private static void row(float[] x, int at, int classes) {
    float max = x[at];
    for (int k = at + 1; k < at + classes; k++) {
      max = Math.max(max, x[k]);
    }
    double sum = 0;
    for (int k = at; k < at + classes; k++) {
      double e = Math.exp(x[k] - max);
      sum += e;
      x[k] = (float) e;
    }
    for (int k = at; k < at + classes; k++) {
      x[k] = (float) (x[k] / sum);
    }
  }
}
