package io.bayes4j.core.internal;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Columns of the greatest numbers. */
public final class ArgMax {
  private ArgMax() {}

  /**
   * The column of each row's greatest number, the first of equals.
   *
   * @throws IllegalArgumentException if the array is no float matrix
   */
  public static int[] ofRows(INDArray matrix) {
    Require.argument(matrix.rank() == 2, "matrix must have 2 axes, got rank %d", matrix.rank());
    float[] numbers = FloatMemory.numbers(matrix, "matrix");
    int columns = Math.toIntExact(matrix.size(1));
    int[] best = new int[Math.toIntExact(matrix.size(0))];
    for (int row = 0; row < best.length; row++) {
      int at = row * columns;
      for (int column = 1; column < columns; column++) {
        best[row] = numbers[at + column] > numbers[at + best[row]] ? column : best[row];
      }
    }
    return best;
  }
}
