package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Probabilities of yes of logits. */
final class Sigmoid {
  /** Floats that a thread takes at once. */
  private static final int GRAIN = 1 << 13;

  private Sigmoid() {}

  /** 1 / (1 + e^-x) of every number. */
  static void inPlace(INDArray logits) {
    FloatMemory memory = FloatMemory.of(logits, "logits");
    Parallel.forRange(
        memory.length(),
        GRAIN,
        (from, to) -> {
          float[] x = new float[Math.toIntExact(to - from)];
          memory.read(from, x, x.length);
          for (int i = 0; i < x.length; i++) {
            x[i] = of(x[i]);
          }
          memory.write(from, x, x.length);
        });
  }

  /** 1 / (1 + e^-x), which loses nothing on either side. */
  static float of(double x) {
    double e = Math.exp(-Math.abs(x));
    return (float) ((x >= 0 ? 1 : e) / (1 + e));
  }
}
