package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Parallel;
import java.util.Arrays;

/**
 * A symmetric matrix as Q T Q' with T tridiagonal, by Householder's reflections (Golub and Van Loan
 * 2013, section 8.3). Threads take columns, in pieces that do not depend on their number.
 */
final class Tridiagonal {
  /** Columns of a piece: so many of all rows stay in a core's cache. */
  private static final int COLUMNS = 64;

  /** Columns of a piece that is gone through once. */
  private static final int WIDE = 256;

  private final int n;

  /** Row k holds the vector of reflection k from column k + 1 on. */
  private final double[] a;

  private final double[] scales;

  /** The diagonal of T. */
  final double[] diagonal;

  /** What is beside the diagonal of T; the last is zero. */
  final double[] beside;

  private Tridiagonal(double[] matrix, int n) {
    this.n = n;
    this.a = matrix;
    this.scales = new double[n];
    this.diagonal = new double[n];
    this.beside = new double[n];
  }

  /**
   * Decomposes a matrix.
   *
   * @param matrix n by n, overwritten
   */
  static Tridiagonal of(double[] matrix, int n) {
    Tridiagonal result = new Tridiagonal(matrix, n);
    result.reduce();
    return result;
  }

  private void reduce() {
    double[] v = new double[n];
    double[] w = new double[n];
    double[] next = new double[n];
    double[] product = new double[n];
    for (int k = 0; k < n; k++) {
      // The row that reflection k is made of has to be up to date before the others.
      update(k, v, w);
      diagonal[k] = a[k * n + k];
      scales[k] = reflection(k, next);
      sweep(k + 1, v, w, next, product);
      swap(next, v);
      secondVector(k + 1, scales[k], v, product, w);
    }
  }

  private void update(int k, double[] v, double[] w) {
    for (int j = k; j < n; j++) {
      a[k * n + j] -= v[k] * w[j] + w[k] * v[j];
    }
  }

  /**
   * Makes the vector u with (I - scale u u') x = +-|x| e1 for the rest x of a row, and keeps it.
   *
   * @return scale, zero if there is nothing to reflect
   */
  private double reflection(int k, double[] u) {
    Arrays.fill(u, 0, k + 1, 0);
    double square = 0;
    for (int j = k + 1; j < n; j++) {
      u[j] = a[k * n + j];
      square += j > k + 1 ? u[j] * u[j] : 0;
    }
    if (k + 1 >= n) {
      return 0;
    }
    double head = u[k + 1];
    if (square == 0) {
      beside[k] = head;
      Arrays.fill(u, 0);
      return 0;
    }
    double norm = Math.sqrt(head * head + square);
    beside[k] = head > 0 ? -norm : norm;
    u[k + 1] = head - beside[k];
    System.arraycopy(u, k + 1, a, k * n + k + 1, n - k - 1);
    return 2 / (square + u[k + 1] * u[k + 1]);
  }

  /** Subtracts v w' + w v' from the rest of the matrix, and multiplies it with the next vector. */
  private void sweep(int first, double[] v, double[] w, double[] next, double[] product) {
    Parallel.forRange(
        n - first,
        WIDE,
        (from, to) -> {
          int low = first + (int) from;
          int high = first + (int) to;
          Arrays.fill(product, low, high, 0);
          for (int i = first; i < n; i++) {
            row(i * n, v[i], w[i], next[i], low, high, v, w, product);
          }
        });
  }

  @SuppressWarnings("TooManyParameters")
  private void row(
      int at,
      double vi,
      double wi,
      double xi,
      int low,
      int high,
      double[] v,
      double[] w,
      double[] product) {
    for (int j = low; j < high; j++) {
      double element = a[at + j] - (vi * w[j] + wi * v[j]);
      a[at + j] = element;
      product[j] += xi * element;
    }
  }

  private static void swap(double[] from, double[] to) {
    System.arraycopy(from, 0, to, 0, from.length);
  }

  private void secondVector(int first, double scale, double[] v, double[] product, double[] w) {
    double dot = 0;
    for (int j = first; j < n; j++) {
      dot += product[j] * v[j];
    }
    for (int j = 0; j < n; j++) {
      w[j] = j < first ? 0 : scale * (product[j] - 0.5 * scale * dot * v[j]);
    }
  }

  /** The matrix Q, transposed: row i belongs to the i-th column and row of T. */
  double[] basis() {
    double[] q = new double[n * n];
    Parallel.forRange(
        n,
        COLUMNS,
        (from, to) -> {
          for (int i = (int) from; i < to; i++) {
            q[i * n + i] = 1;
          }
          double[] dots = new double[(int) (to - from)];
          for (int k = (int) Math.min(n - 2, to - 1); k >= 0; k--) {
            if (scales[k] != 0) {
              reflect(k, (int) from, (int) to, q, dots);
            }
          }
        });
    transpose(q);
    return q;
  }

  private void reflect(int k, int from, int to, double[] q, double[] dots) {
    Arrays.fill(dots, 0);
    for (int i = k + 1; i < n; i++) {
      double u = a[k * n + i];
      int at = i * n + from;
      for (int j = 0; j < to - from; j++) {
        dots[j] += u * q[at + j];
      }
    }
    for (int i = k + 1; i < n; i++) {
      double u = scales[k] * a[k * n + i];
      int at = i * n + from;
      for (int j = 0; j < to - from; j++) {
        q[at + j] -= u * dots[j];
      }
    }
  }

  private void transpose(double[] matrix) {
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        double upper = matrix[i * n + j];
        matrix[i * n + j] = matrix[j * n + i];
        matrix[j * n + i] = upper;
      }
    }
  }
}
