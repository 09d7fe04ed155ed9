package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric matrix that has no negative ones, by the
 * implicit QL method (Golub and Van Loan 2013, section 8.3).
 *
 * <p>The rotations of many sweeps are gathered, and then applied to pieces of the eigenvectors that
 * stay in a core's cache. The same bits for any number of threads.
 */
final class SymmetricEigen {
  private static final int COLUMNS = 64;
  private static final int SWEEPS_PER_VALUE = 60;

  private final int n;
  private final double[] values;

  /** Row i belongs to value i. */
  private final double[] vectors;

  private SymmetricEigen(double[] values, double[] vectors) {
    this.n = values.length;
    this.values = values;
    this.vectors = vectors;
  }

  /**
   * Decomposes a matrix; eigenvalues that rounding has made negative become zero.
   *
   * @param matrix row-major, n by n, overwritten
   */
  static SymmetricEigen of(double[] matrix, int n) {
    Tridiagonal start = Tridiagonal.of(matrix, n);
    SymmetricEigen eigen = new SymmetricEigen(start.diagonal, start.basis());
    eigen.solve(start.beside);
    for (int i = 0; i < n; i++) {
      eigen.values[i] = Math.max(0, eigen.values[i]);
    }
    return eigen;
  }

  int size() {
    return n;
  }

  /** In no order. */
  double[] values() {
    return values;
  }

  /** Row-major; row i belongs to value i. */
  double[] vectors() {
    return vectors;
  }

  private void solve(double[] beside) {
    double size = 0;
    for (int i = 0; i < n; i++) {
      size = Math.max(size, Math.abs(values[i]) + Math.abs(beside[i]));
    }
    Require.argument(
        Double.isFinite(size), "the curvature must be finite, got eigenvalues of size %s", size);
    double negligible = Math.ulp(1.0) * size;
    Rotations rotations = new Rotations(n);
    for (int l = 0; l < n; l++) {
      int sweeps = 0;
      for (int m = end(l, beside, negligible); m != l; m = end(l, beside, negligible)) {
        Require.state(
            sweeps++ < SWEEPS_PER_VALUE,
            "the eigenvalues of a %d by %d matrix did not converge",
            n,
            n);
        if (rotations.isFull(m - l)) {
          apply(rotations);
        }
        sweep(l, m, beside, rotations);
      }
    }
    apply(rotations);
  }

  /** The end of the block that begins at l. */
  private int end(int l, double[] beside, double negligible) {
    int m = l;
    while (m < n - 1 && Math.abs(beside[m]) > negligible) {
      m++;
    }
    return m;
  }

  /** One implicit step, with Wilkinson's shift, on rows l to m. */
  private void sweep(int l, int m, double[] beside, Rotations rotations) {
    double g = (values[l + 1] - values[l]) / (2 * beside[l]);
    double r = Math.sqrt(g * g + 1);
    g = values[m] - values[l] + beside[l] / (g + Math.copySign(r, g));
    double s = 1;
    double c = 1;
    double p = 0;
    rotations.begin(m - 1);
    for (int i = m - 1; i >= l; i--) {
      double f = s * beside[i];
      double b = c * beside[i];
      r = Math.sqrt(f * f + g * g);
      beside[i + 1] = r;
      if (r == 0) {
        values[i + 1] -= p;
        beside[m] = 0;
        return;
      }
      s = f / r;
      c = g / r;
      g = values[i + 1] - p;
      r = (values[i] - g) * s + 2 * c * b;
      p = s * r;
      values[i + 1] = g + p;
      g = c * r - b;
      rotations.add(c, s);
    }
    values[l] -= p;
    beside[l] = g;
    beside[m] = 0;
  }

  private void apply(Rotations rotations) {
    Parallel.forRange(n, COLUMNS, (from, to) -> rotations.apply(vectors, n, (int) from, (int) to));
    rotations.clear();
  }

  /** Rotations of neighbouring rows, sweep after sweep, each from a row downwards. */
  private static final class Rotations {
    private static final int LEAST = 1 << 16;

    private final double[] cosines;
    private final double[] sines;

    /** The upper row of a rotation. */
    private final int[] rows;

    private int count;
    private int row;

    Rotations(int n) {
      int most = Math.max(LEAST, 8 * n);
      cosines = new double[most];
      sines = new double[most];
      rows = new int[most];
    }

    boolean isFull(int more) {
      return count + more > rows.length;
    }

    void begin(int firstRow) {
      row = firstRow;
    }

    void add(double c, double s) {
      cosines[count] = c;
      sines[count] = s;
      rows[count++] = row--;
    }

    void clear() {
      count = 0;
    }

    void apply(double[] vectors, int n, int from, int to) {
      for (int k = 0; k < count; k++) {
        int at = rows[k] * n + from;
        rotate(vectors, at, at + n, to - from, cosines[k], sines[k]);
      }
    }

    private static void rotate(double[] vectors, int i, int next, int length, double c, double s) {
      for (int j = 0; j < length; j++) {
        double upper = vectors[i + j];
        double lower = vectors[next + j];
        vectors[next + j] = s * upper + c * lower;
        vectors[i + j] = c * upper - s * lower;
      }
    }
  }
}
