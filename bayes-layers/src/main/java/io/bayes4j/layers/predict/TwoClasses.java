package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Yes-or-no questions as two classes: 0 for no, 1 for yes. */
final class TwoClasses {
  private TwoClasses() {}

  /** Probabilities of no and of yes for a number. */
  @FunctionalInterface
  private interface Both {
    void write(float number, float[] no, float[] yes, int at);
  }

  /**
   * Of one logit [samples, N], or [samples, N, 1, places...].
   *
   * @return [samples, N, 2, places...]
   */
  static INDArray ofLogits(INDArray logits) {
    INDArray whole = logits.rank() == 2 ? Detached.reshape(logits, logits.size(0), -1, 1) : logits;
    // Each from the logit: one less the other has no digits left where that is nearly one.
    return of(
        whole,
        0,
        (logit, no, yes, at) -> {
          no[at] = Sigmoid.of(-logit);
          yes[at] = Sigmoid.of(logit);
        });
  }

  /** Of a label's probabilities of yes among those of all [samples, N, K, places...]. */
  static INDArray ofProbabilities(INDArray probabilities, int label) {
    return of(
        probabilities,
        label,
        (p, no, yes, at) -> {
          no[at] = 1 - p;
          yes[at] = p;
        });
  }

  private static INDArray of(INDArray all, int label, Both both) {
    long[] shape = all.shape().clone();
    int labels = Math.toIntExact(shape[2]);
    shape[2] = 2;
    INDArray result = Detached.create(DataType.FLOAT, shape);
    FloatMemory from = FloatMemory.reading(all, "outputs");
    FloatMemory to = FloatMemory.of(result, "result");
    int places = Math.toIntExact(Arrays.stream(shape).skip(3).reduce(1, Math::multiplyExact));
    float[] block = new float[places];
    float[] no = new float[places];
    float[] yes = new float[places];
    for (long row = 0; row < shape[0] * shape[1]; row++) {
      from.read((row * labels + label) * places, block, places);
      for (int p = 0; p < places; p++) {
        both.write(block[p], no, yes, p);
      }
      to.write(2 * row * places, no, places);
      to.write((2 * row + 1) * places, yes, places);
    }
    return result;
  }
}
