package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.ByteMemory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Takes sums that are rows of a matrix already. */
final class RowSink implements ExactSums.Sink {
  private final @Nullable ByteMemory ints;
  private final @Nullable SumFinish finish;
  private final long first;
  private int[] wholes = new int[0];

  /**
   * Sums of rows from one on.
   *
   * @param finish null for sums as they are
   */
  RowSink(INDArray result, @Nullable SumFinish finish, long first) {
    this.ints = finish == null ? ByteMemory.of(result, "result") : null;
    this.finish = finish;
    this.first = first;
  }

  @Override
  public void floats(int row, float[] sums, int n) {
    if (finish != null) {
      finish.write((first + row) * n, sums, n, -1);
      return;
    }
    wholes = wholes.length < n ? new int[n] : wholes;
    for (int i = 0; i < n; i++) {
      wholes[i] = (int) sums[i];
    }
    ints(row, wholes, n);
  }

  @Override
  public void ints(int row, int[] sums, int n) {
    if (finish == null) {
      Objects.requireNonNull(ints).write((first + row) * n, sums, n);
      return;
    }
    float[] reals = new float[n];
    for (int i = 0; i < n; i++) {
      reals[i] = sums[i];
    }
    finish.write((first + row) * n, reals, n, -1);
  }
}
