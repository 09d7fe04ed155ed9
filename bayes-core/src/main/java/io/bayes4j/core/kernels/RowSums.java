package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Integer sums of a block of rows, which come unit by unit and are written row by row. */
final class RowSums implements ExactSums.Sink {
  private final int units;
  private final int[] sums;

  RowSums(int units, int rows) {
    this.units = units;
    this.sums = new int[units * rows];
  }

  /** An array for the sums of all rows, or for the floats that are made of them. */
  static INDArray result(long rows, long units, IntegerEpilogue epilogue) {
    DataType type = epilogue == null ? DataType.INT32 : DataType.FLOAT;
    return Arena.allocate(type, Layout.ROW_MAJOR, rows, units);
  }

  @Override
  public void floats(int unit, float[] values, int n) {
    for (int row = 0; row < n; row++) {
      sums[row * units + unit] = (int) values[row];
    }
  }

  @Override
  public void ints(int unit, int[] values, int at, int n) {
    for (int row = 0; row < n; row++) {
      sums[row * units + unit] = values[at + row];
    }
  }

  /** Writes what has come to the rows of the result from one on. */
  void writeTo(INDArray result, long firstRow, IntegerEpilogue epilogue) {
    if (epilogue == null) {
      ByteMemory.of(result, "result").write(firstRow * units, sums, sums.length);
      return;
    }
    float[] scales = epilogue.sumScales();
    float[] bias =
        epilogue.bias() == null ? new float[units] : FloatMemory.numbers(epilogue.bias(), "bias");
    float[] values = new float[sums.length];
    for (int i = 0; i < values.length; i++) {
      int unit = i % units;
      values[i] = sums[i] * scales[unit] + bias[unit];
    }
    finish(values, firstRow, epilogue.epilogue());
    FloatMemory.of(result, "result").write(firstRow * units, values, values.length);
  }

  private void finish(float[] values, long firstRow, Epilogue epilogue) {
    if (epilogue.addend() != null) {
      float[] terms = new float[values.length];
      FloatMemory.reading(epilogue.addend(), "addend").read(firstRow * units, terms, terms.length);
      for (int i = 0; i < values.length; i++) {
        values[i] += terms[i];
      }
    }
    if (epilogue.relu()) {
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.max(values[i], 0);
      }
    }
  }
}
