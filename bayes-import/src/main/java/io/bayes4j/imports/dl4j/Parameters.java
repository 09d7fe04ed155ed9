package io.bayes4j.imports.dl4j;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** All parameters of a network, taken one after the other. */
final class Parameters {
  private final float[] all;
  private int next;

  Parameters(float[] all) {
    this.all = all;
  }

  /** The next ones, the last axis fastest. */
  INDArray rows(long... shape) {
    for (long axis : shape) {
      Require.positive(axis, "the size of a layer");
    }
    int length = (int) Detached.length(shape);
    if (length > all.length - next) {
      throw new IllegalArgumentException(
          "a layer needs "
              + length
              + " parameters, but only "
              + (all.length - next)
              + " of "
              + all.length
              + " are left in the file");
    }
    INDArray own = Detached.create(DataType.FLOAT, shape);
    FloatMemory.of(own, "parameters").write(0, all, next, length);
    next += length;
    return own;
  }

  /** The next ones as a matrix, the first axis fastest, transposed: [columns, rows]. */
  INDArray transposed(long rows, long columns) {
    return rows(columns, rows);
  }

  /** Parameters that no layer has taken. */
  int left() {
    return all.length - next;
  }
}
