package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.IntegerEpilogue;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The product of rows of 8-bit numbers and weights [units, inputs] in plain Java.
 *
 * <p>What lies along vectors is the units where there are enough of them, so that sums come row by
 * row as the result has them, else the rows.
 */
final class IntegerProduct {
  /** Fewer units make short loops. */
  private static final int LEAST_UNITS = 64;

  /** Fewer rows do not pay for the transpose of the weights. */
  private static final int LEAST_ROWS = 8;

  /** Rows at a time along the units. */
  private static final int ROWS = 32;

  /** Rows that make loops long enough, where they lie along vectors. */
  private static final int LEAST_WIDTH = 128;

  private final long rows;
  private final int inputs;
  private final int units;
  private final WholeNumbers numbers;
  private final float[] weights;

  /** Null for sums as they are. */
  private final @Nullable SumFinish finish;

  private final INDArray result;

  IntegerProduct(INDArray x, INDArray weight, @Nullable IntegerEpilogue epilogue) {
    this.rows = x.size(0);
    this.inputs = Math.toIntExact(weight.size(1));
    this.units = Math.toIntExact(weight.size(0));
    this.numbers = new WholeNumbers(x, epilogue == null ? null : epilogue.source());
    this.weights = WholeNumbers.signed(weight);
    SumFinish last = epilogue == null ? null : new SumFinish(epilogue, rows, units);
    this.finish = last;
    this.result =
        last == null
            ? Arena.allocate(DataType.INT32, Layout.ROW_MAJOR, rows, units)
            : last.result();
  }

  INDArray run() {
    if (units >= LEAST_UNITS && rows >= LEAST_ROWS) {
      alongUnits();
    } else {
      alongRows();
    }
    return result;
  }

  private void alongUnits() {
    float[] transposed = WholeNumbers.transposed(weights, units, inputs);
    ExactSums.Columns columns =
        (from, to, target) -> {
          for (int k = from; k < to; k++) {
            System.arraycopy(transposed, k * units, target[k - from], 0, units);
          }
        };
    Parallel.forRange(
        rows,
        Shares.of(rows, LEAST_ROWS, ROWS, 1).grain(),
        (from, to) -> {
          int count = (int) (to - from);
          RowSink sink = new RowSink(result, finish, from);
          new ExactSums(block(from, count), inputs, units, count)
              .run(columns, units, 0, count, sink);
        });
  }

  private void alongRows() {
    Shares shares = Shares.of(rows, LEAST_WIDTH, PortableIntegers.WIDTH, units);
    if (shares.parts() > 1) {
      RowSums sums = new RowSums(units, Math.toIntExact(rows));
      shares.run(
          rows, units, (from, to, first, last) -> addRows(from, to, first, last, sums, from));
      write(sums, 0);
      return;
    }
    Parallel.forRange(
        rows,
        shares.grain(),
        (from, to) -> {
          RowSums sums = new RowSums(units, (int) (to - from));
          addRows(from, to, 0, units, sums, 0);
          write(sums, from);
        });
  }

  private void addRows(
      long from, long to, int firstUnit, int lastUnit, RowSums sums, long firstRow) {
    int count = (int) (to - from);
    float[] block = block(from, count);
    new ExactSums(weights, inputs, count, lastUnit - firstUnit)
        .run(
            (first, last, target) -> transpose(block, count, first, last, target),
            count,
            firstUnit,
            lastUnit,
            sums.from((int) firstRow));
  }

  private void write(RowSums sums, long firstRow) {
    if (finish == null) {
      sums.writeTo(result, firstRow);
    } else {
      sums.writeTo(finish, firstRow);
    }
  }

  private float[] block(long from, int count) {
    float[] block = new float[count * inputs];
    numbers.read(from * inputs, block, block.length);
    return block;
  }

  /** Some columns of rows. */
  private void transpose(float[] block, int count, int from, int to, float[][] target) {
    for (int k = from; k < to; k++) {
      float[] column = target[k - from];
      for (int row = 0; row < count; row++) {
        column[row] = block[row * inputs + k];
      }
    }
  }
}
