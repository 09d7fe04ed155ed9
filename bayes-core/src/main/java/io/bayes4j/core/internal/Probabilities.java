package io.bayes4j.core.internal;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Tells outputs that have been through a softmax or a sigmoid from logits. */
public final class Probabilities {
  private static final double TOLERANCE = 1e-4;

  /** Logits of so many questions hardly all lie between 0 and 1 by chance. */
  private static final int ENOUGH = 32;

  private Probabilities() {}

  /**
   * Whether the numbers along an axis are none negative and sum to one, everywhere. It looks no
   * further than the first that do not, which for logits is near the beginning.
   *
   * @throws IllegalArgumentException if the array is not of type float
   */
  public static boolean sumToOne(INDArray outputs, int axis) {
    FloatMemory memory = FloatMemory.reading(outputs, "outputs");
    int classes = Math.toIntExact(outputs.size(axis));
    int places = 1;
    for (int i = axis + 1; i < outputs.rank(); i++) {
      places = Math.toIntExact(places * outputs.size(i));
    }
    float[] block = new float[Math.multiplyExact(classes, places)];
    for (long at = 0; at < memory.length(); at += block.length) {
      memory.read(at, block, block.length);
      if (!columnsSumToOne(block, classes, places)) {
        return false;
      }
    }
    return true;
  }

  private static boolean columnsSumToOne(float[] x, int classes, int places) {
    for (int p = 0; p < places; p++) {
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        float value = x[k * places + p];
        if (value < 0) {
          return false;
        }
        sum += value;
      }
      if (!(Math.abs(sum - 1) <= TOLERANCE)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether all numbers lie between 0 and 1, as a sigmoid leaves them, and there are enough of them
   * to say so.
   *
   * @throws IllegalArgumentException if the array is not of type float
   */
  public static boolean allBetweenZeroAndOne(INDArray outputs) {
    FloatMemory memory = FloatMemory.reading(outputs, "outputs");
    float[] block = new float[ENOUGH];
    for (long at = 0; at < memory.length(); at += block.length) {
      int n = (int) Math.min(block.length, memory.length() - at);
      memory.read(at, block, n);
      for (int i = 0; i < n; i++) {
        if (!(block[i] >= 0 && block[i] <= 1)) {
          return false;
        }
      }
    }
    return memory.length() >= ENOUGH;
  }
}
