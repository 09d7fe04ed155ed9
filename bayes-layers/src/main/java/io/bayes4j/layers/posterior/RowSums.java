package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Parallel;

/**
 * Sums over examples of products of rows, in double precision: as a posterior is the inverse of
 * such a sum, what floats round off its small eigenvalues would be all there is of them. The order
 * of the additions does not depend on the number of threads.
 */
final class RowSums {
  private static final int GRAIN = 16;

  private RowSums() {}

  /** Rows one after the other. */
  record Rows(@SuppressWarnings("ArrayRecordComponent") double[] values, int width) {
    int count() {
      return values.length / width;
    }

    /** The same with each row times its factor. */
    Rows times(double[] factors) {
      double[] scaled = new double[values.length];
      for (int n = 0; n < factors.length; n++) {
        for (int i = n * width; i < (n + 1) * width; i++) {
          scaled[i] = factors[n] * values[i];
        }
      }
      return new Rows(scaled, width);
    }
  }

  /** Where a matrix begins in an array, and how far apart its rows are. */
  record Place(@SuppressWarnings("ArrayRecordComponent") double[] values, int offset, int stride) {}

  /** Adds the transpose of a, times b, to a matrix. */
  static void add(Rows a, Rows b, Place sum) {
    Parallel.forRange(a.width, GRAIN, (from, to) -> add(a, b, sum, (int) from, (int) to, false));
  }

  /** Adds the transpose of a, times b, where that is symmetric, to the upper triangle. */
  static void addToUpper(Rows a, Rows b, Place sum) {
    Parallel.forRange(a.width, GRAIN, (from, to) -> add(a, b, sum, (int) from, (int) to, true));
  }

  private static void add(Rows a, Rows b, Place sum, int from, int to, boolean upper) {
    int count = a.count();
    for (int n = 0; n < count; n += 4) {
      for (int i = from; i < to; i++) {
        int at = sum.offset + i * sum.stride;
        int first = upper ? i : 0;
        if (n + 4 <= count) {
          addFour(a, b, n, i, first, sum.values, at);
        } else {
          for (int m = n; m < count; m++) {
            addOne(
                a.values[m * a.width + i], b.values, m * b.width, first, b.width, sum.values, at);
          }
        }
      }
    }
  }

  /** Four examples at a time: the sum is read and written once for all of them. */
  private static void addFour(Rows a, Rows b, int n, int i, int first, double[] sum, int at) {
    double f0 = a.values[n * a.width + i];
    double f1 = a.values[(n + 1) * a.width + i];
    double f2 = a.values[(n + 2) * a.width + i];
    double f3 = a.values[(n + 3) * a.width + i];
    double[] rows = b.values;
    int r0 = n * b.width;
    int r1 = r0 + b.width;
    int r2 = r1 + b.width;
    int r3 = r2 + b.width;
    for (int j = first; j < b.width; j++) {
      sum[at + j] += f0 * rows[r0 + j] + f1 * rows[r1 + j] + f2 * rows[r2 + j] + f3 * rows[r3 + j];
    }
  }

  private static void addOne(
      double factor, double[] rows, int row, int first, int width, double[] sum, int at) {
    for (int j = first; j < width; j++) {
      sum[at + j] += factor * rows[row + j];
    }
  }

  /** Copies the upper triangle of a square matrix to the lower one. */
  static void mirror(double[] matrix, int n) {
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        matrix[j * n + i] = matrix[i * n + j];
      }
    }
  }
}
