package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Curvatures against matrices formed element by element from the definition. */
class CurvatureTest {
  private static final int N = 40;
  private static final int UNITS = 3;
  private static final int PER_UNIT = 4;
  private static final int SIZE = UNITS * PER_UNIT;
  private static final INDArray FEATURES = Noise.seeded(1).normals(N, PER_UNIT);
  private static final double[] ROWS = Doubles.of(FEATURES);
  private static final double[] WEIGHTS = Doubles.of(Noise.seeded(2).normals(SIZE));

  private static double[] logits(double[] weights, int n) {
    double[] logits = new double[UNITS];
    for (int i = 0; i < SIZE; i++) {
      logits[i / PER_UNIT] += weights[i] * ROWS[n * PER_UNIT + i % PER_UNIT];
    }
    return logits;
  }

  /** Gradient of the summed cross entropy; it does not depend on the labels but for a constant. */
  private static double[] gradient(double[] weights) {
    double[] gradient = new double[SIZE];
    for (int n = 0; n < N; n++) {
      double[] logits = logits(weights, n);
      double sum = Arrays.stream(logits).map(Math::exp).sum();
      for (int i = 0; i < SIZE; i++) {
        gradient[i] += Math.exp(logits[i / PER_UNIT]) / sum * ROWS[n * PER_UNIT + i % PER_UNIT];
      }
    }
    return gradient;
  }

  /** The Hessian by finite differences: in a layer's weights it is the Gauss-Newton matrix. */
  private static double[][] hessian() {
    double step = 1e-5;
    double[][] hessian = new double[SIZE][SIZE];
    for (int j = 0; j < SIZE; j++) {
      double[] up = WEIGHTS.clone();
      double[] down = WEIGHTS.clone();
      up[j] += step;
      down[j] -= step;
      double[] above = gradient(up);
      double[] below = gradient(down);
      for (int i = 0; i < SIZE; i++) {
        hessian[i][j] = (above[i] - below[i]) / (2 * step);
      }
    }
    return hessian;
  }

  private static double[][][] bends(Likelihood likelihood) {
    double[][][] bends = new double[N][][];
    Arrays.setAll(bends, n -> likelihood.bend(logits(WEIGHTS, n)));
    return bends;
  }

  private static Curvature curvature(LaplaceCovariance kind, Likelihood likelihood) {
    CurvatureSum sum = kind.start(UNITS, PER_UNIT);
    double[][][] bends = bends(likelihood);
    INDArray features = FEATURES;
    for (int from = 0; from < N; from += 16) {
      int to = Math.min(N, from + 16);
      INDArray some = features.get(NDArrayIndex.interval(from, to)).dup('c');
      sum.add(some, Arrays.copyOfRange(bends, from, to));
    }
    return sum.curvature();
  }

  /** Sum of f(eigenvalue) times eigenvector times its transpose. */
  private static double[][] matrix(Curvature curvature, DoubleUnaryOperator f) {
    double[] values = curvature.eigenvalues();
    double[][] matrix = new double[SIZE][SIZE];
    for (int k = 0; k < SIZE; k++) {
      double[] unit = new double[SIZE];
      unit[k] = 1;
      double[] vector = curvature.toWeights(unit);
      for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < SIZE; j++) {
          matrix[i][j] += f.applyAsDouble(values[k]) * vector[i] * vector[j];
        }
      }
    }
    return matrix;
  }

  private static void assertClose(double[][] actual, double[][] expected) {
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        assertThat(actual[i][j]).as("%d, %d", i, j).isCloseTo(expected[i][j], within(1e-4));
      }
    }
  }

  @Test
  void theFullMatrixIsTheHessianOfTheCrossEntropy() {
    Curvature full = curvature(LaplaceCovariance.FULL, Likelihood.classes());
    assertClose(matrix(full, v -> v), hessian());
  }

  @Test
  void theDiagonalIsThatOfTheHessian() {
    double[][] hessian = hessian();
    double[][] diagonal = new double[SIZE][SIZE];
    for (int i = 0; i < SIZE; i++) {
      diagonal[i][i] = hessian[i][i];
    }
    Curvature curvature = curvature(LaplaceCovariance.DIAGONAL, Likelihood.classes());
    assertClose(matrix(curvature, v -> v), diagonal);
  }

  @Test
  void kroneckerIsTheProductOfSummedBendsAndMeanFeatures() {
    double[][][] bends = bends(Likelihood.classes());
    double[][] product = new double[SIZE][SIZE];
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        double bend = 0;
        double feature = 0;
        for (int n = 0; n < N; n++) {
          bend += bends[n][i / PER_UNIT][j / PER_UNIT];
          feature += ROWS[n * PER_UNIT + i % PER_UNIT] * ROWS[n * PER_UNIT + j % PER_UNIT] / N;
        }
        product[i][j] = bend * feature;
      }
    }
    assertClose(
        matrix(curvature(LaplaceCovariance.KRONECKER, Likelihood.classes()), v -> v), product);
  }

  @Test
  void withGaussianNoiseKroneckerIsExact() {
    Likelihood likelihood = Likelihood.gaussian(0.5);
    assertClose(
        matrix(curvature(LaplaceCovariance.KRONECKER, likelihood), v -> v / 40),
        matrix(curvature(LaplaceCovariance.FULL, likelihood), v -> v / 40));
  }

  @ParameterizedTest
  @EnumSource(LaplaceCovariance.class)
  void theCovarianceOfASumOfUnitsFollowsFromTheWhole(LaplaceCovariance kind) {
    Curvature curvature = curvature(kind, Likelihood.classes());
    double[][] whole = matrix(curvature, v -> 1 / (v + 0.7));
    double[] variances = Arrays.stream(curvature.eigenvalues()).map(v -> 1 / (v + 0.7)).toArray();
    double[] factors = {0.5, -2, 1};
    double[] actual = curvature.covariance(factors, variances);
    double[] expected = new double[PER_UNIT * PER_UNIT];
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        expected[i % PER_UNIT * PER_UNIT + j % PER_UNIT] +=
            factors[i / PER_UNIT] * factors[j / PER_UNIT] * whole[i][j];
      }
    }
    for (int at = 0; at < expected.length; at++) {
      assertThat(actual[at]).isCloseTo(expected[at], within(1e-9));
    }
  }
}
