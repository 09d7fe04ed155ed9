package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.ByteMemory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Integer sums of a block of rows, which come unit by unit and are written row by row. Several
 * threads may bring those of different units.
 */
final class RowSums {
  private final int units;
  private final int[] sums;

  RowSums(int units, int rows) {
    this.units = units;
    this.sums = new int[units * rows];
  }

  /** What takes the sums of rows from one on. */
  ExactSums.Sink from(int firstRow) {
    return new Part(firstRow);
  }

  private final class Part implements ExactSums.Sink {
    private final int first;

    Part(int first) {
      this.first = first;
    }

    @Override
    public void floats(int unit, float[] values, int n) {
      for (int row = 0; row < n; row++) {
        sums[(first + row) * units + unit] = (int) values[row];
      }
    }

    @Override
    public void ints(int unit, int[] values, int n) {
      for (int row = 0; row < n; row++) {
        sums[(first + row) * units + unit] = values[row];
      }
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
