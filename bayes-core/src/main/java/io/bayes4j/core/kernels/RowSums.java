package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.ByteMemory;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Integer sums of a block of rows, which come unit by unit and are written row by row. */
final class RowSums implements ExactSums.Sink {
  private final int units;
  private final int[] sums;

  RowSums(int units, int rows) {
    this.units = units;
    this.sums = new int[units * rows];
  }

  @Override
  public void floats(int unit, float[] values, int n) {
    for (int row = 0; row < n; row++) {
      sums[row * units + unit] = (int) values[row];
    }
  }

  @Override
  public void ints(int unit, int[] values, int n) {
    for (int row = 0; row < n; row++) {
      sums[row * units + unit] = values[row];
    }
  }

  /** Writes what has come to the rows of an INT32 array from one on. */
  void writeTo(INDArray result, long firstRow) {
    ByteMemory.of(result, "result").write(firstRow * units, sums, sums.length);
  }

  /** Makes results of what has come. */
  void writeTo(SumFinish finish, long firstRow) {
    float[] values = new float[sums.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = sums[i];
    }
    finish.write(firstRow * units, values, values.length, -1);
  }
}
