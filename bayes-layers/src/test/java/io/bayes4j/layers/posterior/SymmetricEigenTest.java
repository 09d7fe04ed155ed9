package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SymmetricEigenTest {
  /** The sum of some squares: of full rank, or with many eigenvalues that are zero. */
  private static double[] squares(int n, int rank) {
    SimpleMatrix rows =
        new SimpleMatrix(rank, n, true, Doubles.of(Noise.seeded(n).normals(rank, n)));
    return rows.transpose().mult(rows).getDDRM().data;
  }

  private static void assertDecomposes(double[] matrix, int n) {
    SymmetricEigen eigen = SymmetricEigen.of(matrix.clone(), n);
    SimpleMatrix vectors = new SimpleMatrix(n, n, true, eigen.vectors());
    SimpleMatrix given = new SimpleMatrix(n, n, true, matrix.clone());
    SimpleMatrix back = vectors.transpose().mult(SimpleMatrix.diag(eigen.values())).mult(vectors);
    double size = 1 + given.normF();
    assertThat(back.minus(given).normF()).isLessThan(1e-13 * size * Math.sqrt(n));
    assertThat(vectors.mult(vectors.transpose()).minus(SimpleMatrix.identity(n)).normF())
        .isLessThan(1e-13 * n);
    for (double value : eigen.values()) {
      assertThat(value).isNotNegative();
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "2,1", "3,3", "7,3", "64,64", "65,20", "130,130", "300,40"})
  void vectorsAndValuesGiveTheMatrixBack(int n, int rank) {
    assertDecomposes(squares(n, rank), n);
  }

  @Test
  void matricesThatAreDiagonalAlreadyOrZero() {
    assertDecomposes(new double[49], 7);
    assertDecomposes(SimpleMatrix.diag(3, 0, 2, 2, 1e-9, 5).getDDRM().data, 6);
    SimpleMatrix same = new SimpleMatrix(90, 90).plus(1);
    assertDecomposes(same.getDDRM().data, 90);
  }

  @Test
  void knownValues() {
    double[] values = SymmetricEigen.of(new double[] {2, 1, 1, 2}, 2).values();
    assertThat(values[0] + values[1]).isCloseTo(4, within(1e-14));
    assertThat(values[0] * values[1]).isCloseTo(3, within(1e-14));
  }

  @Test
  void theBitsDoNotDependOnTheThreads() {
    int before = Parallel.threads();
    try {
      Parallel.setThreads(1);
      SymmetricEigen alone = SymmetricEigen.of(squares(300, 290), 300);
      Parallel.setThreads(3);
      SymmetricEigen three = SymmetricEigen.of(squares(300, 290), 300);
      assertThat(three.values()).isEqualTo(alone.values());
      assertThat(three.vectors()).isEqualTo(alone.vectors());
    } finally {
      Parallel.setThreads(before);
    }
  }

  @Test
  void whatIsNotFiniteIsNamed() {
    assertThatThrownBy(() -> SymmetricEigen.of(new double[] {1, Double.NaN, Double.NaN, 1}, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("curvature must be finite");
  }
}
