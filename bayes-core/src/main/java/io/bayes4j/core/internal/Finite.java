package io.bayes4j.core.internal;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Searches arrays for NaN and infinity. */
public final class Finite {
  private Finite() {}

  /** Whether all elements of a float array are finite. */
  public static boolean all(INDArray array) {
    return firstBad(array) < 0;
  }

  /**
   * Checks that all elements of a float array are finite.
   *
   * @param name what the message calls the array
   * @throws IllegalArgumentException naming the row of the first element that is not
   */
  public static void require(String name, INDArray array) {
    long bad = firstBad(array);
    Require.argument(
        bad < 0,
        "%s must be finite, got NaN or infinity in row %d",
        name,
        bad < 0 || array.rank() == 0 ? 0 : bad / (array.length() / array.size(0)));
  }

  /** The largest size of an element of a float array, not finite if one is not; 0 if empty. */
  public static double largest(INDArray array) {
    FloatMemory memory = FloatMemory.reading(array, "array");
    float largest = 0;
    try (Scratch scratch = Scratch.open()) {
      float[] chunk = scratch.array();
      for (long at = 0; at < memory.length(); at += Scratch.SIZE) {
        int n = (int) Math.min(Scratch.SIZE, memory.length() - at);
        memory.read(at, chunk, n);
        for (int i = 0; i < n; i++) {
          // Of two numbers one of which is NaN, the larger is NaN.
          largest = Math.max(largest, Math.abs(chunk[i]));
        }
      }
    }
    return largest;
  }

  /** Row-major position of the first element that is not finite, or -1. */
  private static long firstBad(INDArray array) {
    FloatMemory memory = FloatMemory.reading(array, "array");
    try (Scratch scratch = Scratch.open()) {
      float[] chunk = scratch.array();
      for (long at = 0; at < memory.length(); at += Scratch.SIZE) {
        int n = (int) Math.min(Scratch.SIZE, memory.length() - at);
        memory.read(at, chunk, n);
        for (int i = 0; i < n; i++) {
          if (!Float.isFinite(chunk[i])) {
            return at + i;
          }
        }
      }
    }
    return -1;
  }
}
