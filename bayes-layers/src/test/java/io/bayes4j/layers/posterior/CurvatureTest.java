package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import java.util.Arrays;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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

  private static double[] outputs() {
    double[] outputs = new double[N * UNITS];
    for (int n = 0; n < N; n++) {
      System.arraycopy(logits(WEIGHTS, n), 0, outputs, n * UNITS, UNITS);
    }
    return outputs;
  }

  /** The [K, K] derivatives of an example, formed element by element. */
  private static double[][][] bends(Likelihood likelihood) {
    Bends bends = likelihood.bends(outputs(), UNITS);
    double[][][] all = new double[N][UNITS][UNITS];
    for (int at = 0; at < N * UNITS * UNITS; at++) {
      int n = at / (UNITS * UNITS);
      int k = at / UNITS % UNITS;
      int l = at % UNITS;
      double diagonal = k == l ? bends.diagonal()[n * UNITS + k] : 0;
      double coupled =
          bends.coupling() == null
              ? 0
              : bends.coupling()[n * UNITS + k] * bends.coupling()[n * UNITS + l];
      all[n][k][l] = diagonal - coupled;
    }
    return all;
  }

  private static Curvature curvature(LaplaceCovariance kind, Likelihood likelihood) {
    CurvatureSum sum = kind.start(UNITS, PER_UNIT);
    double[] outputs = outputs();
    for (int from = 0; from < N; from += 17) {
      int to = Math.min(N, from + 17);
      sum.add(
          new RowSums.Rows(Arrays.copyOfRange(ROWS, from * PER_UNIT, to * PER_UNIT), PER_UNIT),
          likelihood.bends(Arrays.copyOfRange(outputs, from * UNITS, to * UNITS), UNITS));
    }
    return sum.curvature();
  }

  /** H, from the symmetric root of its inverse, which is what makes draws of normals. */
  private static double[][] matrix(Curvature curvature) {
    SimpleMatrix covariance = covariance(curvature, 0.7);
    SimpleMatrix h = covariance.invert().minus(SimpleMatrix.identity(SIZE).scale(0.7));
    double[][] matrix = new double[SIZE][SIZE];
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        matrix[i][j] = h.get(i, j);
      }
    }
    return matrix;
  }

  private static SimpleMatrix covariance(Curvature curvature, double precision) {
    double[] root = Doubles.of(curvature.deviations(Nd4j.eye(SIZE).dup('c'), precision));
    SimpleMatrix matrix = new SimpleMatrix(SIZE, SIZE, true, root);
    return matrix.mult(matrix.transpose());
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
    assertClose(matrix(full), hessian());
  }

  @Test
  void theDiagonalIsThatOfTheHessian() {
    double[][] hessian = hessian();
    double[][] diagonal = new double[SIZE][SIZE];
    for (int i = 0; i < SIZE; i++) {
      diagonal[i][i] = hessian[i][i];
    }
    Curvature curvature = curvature(LaplaceCovariance.DIAGONAL, Likelihood.classes());
    assertClose(matrix(curvature), diagonal);
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
    assertClose(matrix(curvature(LaplaceCovariance.KRONECKER, Likelihood.classes())), product);
  }

  @Test
  void withGaussianNoiseKroneckerIsExact() {
    Likelihood likelihood = Likelihood.gaussian(0.5);
    double[][] kronecker = matrix(curvature(LaplaceCovariance.KRONECKER, likelihood));
    double[][] full = matrix(curvature(LaplaceCovariance.FULL, likelihood));
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        assertThat(kronecker[i][j]).isCloseTo(full[i][j], within(4e-3));
      }
    }
  }

  /** Variances and covariances of outputs against f' C f, with C formed whole. */
  @ParameterizedTest
  @EnumSource(LaplaceCovariance.class)
  void variancesOfOutputsFollowFromTheWhole(LaplaceCovariance kind) {
    Curvature curvature = curvature(kind, Likelihood.classes());
    SimpleMatrix whole = covariance(curvature, 0.3);
    INDArray covariances = curvature.covariances(FEATURES, 0.3);
    INDArray variances = curvature.variances(FEATURES, 0.3, false);
    INDArray centred = curvature.variances(FEATURES, 0.3, true);
    for (int n = 0; n < N; n++) {
      SimpleMatrix jacobian = new SimpleMatrix(UNITS, SIZE);
      for (int i = 0; i < SIZE; i++) {
        jacobian.set(i / PER_UNIT, i, ROWS[n * PER_UNIT + i % PER_UNIT]);
      }
      SimpleMatrix expected = jacobian.mult(whole).mult(jacobian.transpose());
      SimpleMatrix less = SimpleMatrix.identity(UNITS).minus(1.0 / UNITS);
      SimpleMatrix shifted = less.mult(expected).mult(less.transpose());
      for (int k = 0; k < UNITS; k++) {
        assertThat(variances.getDouble(n, k)).isCloseTo(expected.get(k, k), within(1e-4));
        assertThat(centred.getDouble(n, k))
            .isCloseTo(shifted.get(k, k) * UNITS / (UNITS - 1), within(1e-4));
        for (int l = 0; l < UNITS; l++) {
          assertThat(covariances.getDouble(n, k, l)).isCloseTo(expected.get(k, l), within(1e-4));
        }
      }
    }
  }
}
