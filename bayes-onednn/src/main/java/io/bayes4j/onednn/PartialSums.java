package io.bayes4j.onednn;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Two numbers for each element of a wide row, found by each piece of some rows. */
final class PartialSums implements AutoCloseable {
  private final WideRows rows;

  /** The first numbers of all pieces, then the second ones. */
  private final INDArray array;

  PartialSums(WideRows rows) {
    this.rows = rows;
    this.array = Arena.allocate(2L, rows.pieces(), rows.length());
  }

  /** Where the first numbers of the first piece are. */
  long first() {
    return Plan.address(array);
  }

  /** Where the second numbers of the first piece are. */
  long second() {
    return first() + array.length() / 2 * Float.BYTES;
  }

  /** What is done with the numbers of all channels. */
  @FunctionalInterface
  interface Use {
    /**
     * Takes numbers, whose arrays are used again.
     *
     * @param elements of each channel from which they were found
     */
    void take(long elements, float[] first, float[] second);
  }

  /** Hands out what pieces have found for each row of a wide row, always in the same order. */
  void forEach(Use use) {
    FloatMemory memory = FloatMemory.of(array, "findings");
    long half = memory.length() / 2;
    float[] first = new float[rows.channels()];
    float[] second = new float[rows.channels()];
    for (long at = 0; at < half; at += first.length) {
      memory.read(at, first, first.length);
      memory.read(half + at, second, second.length);
      use.take(rows.rowsOf(at / rows.length()), first, second);
    }
  }

  @Override
  public void close() {
    Arena.release(array);
  }
}
