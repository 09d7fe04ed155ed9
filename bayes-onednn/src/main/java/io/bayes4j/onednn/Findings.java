package io.bayes4j.onednn;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Two numbers for each element of a wide row, found by each piece of some rows. */
final class Findings implements AutoCloseable {
  private final WideRows rows;
  private final INDArray first;
  private final INDArray second;

  Findings(WideRows rows) {
    this.rows = rows;
    this.first = Arena.allocate(rows.pieces(), rows.length());
    this.second = Arena.allocate(rows.pieces(), rows.length());
  }

  INDArray first() {
    return first;
  }

  INDArray second() {
    return second;
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
    FloatMemory firsts = FloatMemory.of(first, "first");
    FloatMemory seconds = FloatMemory.of(second, "second");
    float[] a = new float[rows.channels()];
    float[] b = new float[rows.channels()];
    for (long at = 0; at < firsts.length(); at += a.length) {
      firsts.read(at, a, a.length);
      seconds.read(at, b, b.length);
      use.take(rows.rowsOf(at / rows.length()), a, b);
    }
  }

  @Override
  public void close() {
    Arena.release(first);
    Arena.release(second);
  }
}
