package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Require;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/** Eigenvalues and orthonormal eigenvectors of a symmetric matrix that has no negative ones. */
final class SymmetricEigen {
  private final double[] values;

  /** Row-major; column i belongs to value i. */
  private final double[] vectors;

  private SymmetricEigen(double[] values, double[] vectors) {
    this.values = values;
    this.vectors = vectors;
  }

  /**
   * Decomposes a matrix; eigenvalues that rounding has made negative become zero.
   *
   * @param matrix row-major, n by n
   */
  static SymmetricEigen of(double[] matrix, int n) {
    EigenDecomposition_F64<DMatrixRMaj> solver = DecompositionFactory_DDRM.eig(n, true, true);
    boolean solved = solver.decompose(new DMatrixRMaj(n, n, true, matrix.clone()));
    Require.state(solved, "the eigenvalues of a %d by %d matrix did not converge", n, n);
    double[] values = new double[n];
    double[] vectors = new double[n * n];
    for (int i = 0; i < n; i++) {
      values[i] = Math.max(0, solver.getEigenvalue(i).getReal());
      DMatrixRMaj vector = solver.getEigenVector(i);
      for (int row = 0; row < n; row++) {
        vectors[row * n + i] = vector.get(row);
      }
    }
    return new SymmetricEigen(values, vectors);
  }

  int size() {
    return values.length;
  }

  double value(int i) {
    return values[i];
  }

  /** An element of an eigenvector. */
  double vector(int row, int i) {
    return vectors[row * values.length + i];
  }
}
