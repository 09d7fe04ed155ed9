package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** H as it is: the sum over the examples of bend (x) features features'. */
final class FullCurvature implements Curvature {
  /** Eigenvectors of this many weights take 0.5 GB and minutes. */
  private static final int MOST_WEIGHTS = 8192;

  private final SymmetricEigen eigen;
  private final int perUnit;

  private FullCurvature(SymmetricEigen eigen, int perUnit) {
    this.eigen = eigen;
    this.perUnit = perUnit;
  }

  @Override
  public double[] eigenvalues() {
    double[] values = new double[eigen.size()];
    Arrays.setAll(values, eigen::value);
    return values;
  }

  @Override
  public double[] toWeights(double[] coordinates) {
    double[] weights = new double[coordinates.length];
    for (int row = 0; row < weights.length; row++) {
      for (int i = 0; i < coordinates.length; i++) {
        weights[row] += eigen.vector(row, i) * coordinates[i];
      }
    }
    return weights;
  }

  @Override
  public double[] covariance(double[] factors, double[] variances) {
    double[] covariance = new double[perUnit * perUnit];
    double[] sum = new double[perUnit];
    for (int i = 0; i < variances.length; i++) {
      Arrays.fill(sum, 0);
      for (int row = 0; row < variances.length; row++) {
        sum[row % perUnit] += factors[row / perUnit] * eigen.vector(row, i);
      }
      for (int at = 0; at < covariance.length; at++) {
        covariance[at] += sum[at / perUnit] * sum[at % perUnit] * variances[i];
      }
    }
    return covariance;
  }

  /** Its sum. */
  static final class Sum implements CurvatureSum {
    private final int units;
    private final int perUnit;

    /** Block (k, l) for l >= k; the others follow by symmetry. */
    private final double[][][] blocks;

    Sum(int units, int perUnit) {
      Require.argument(
          (long) units * perUnit <= MOST_WEIGHTS,
          "a full covariance must be of at most %d weights, the last layer has %d; use KRONECKER",
          MOST_WEIGHTS,
          (long) units * perUnit);
      this.units = units;
      this.perUnit = perUnit;
      this.blocks = new double[units][units][];
      for (int k = 0; k < units; k++) {
        for (int l = k; l < units; l++) {
          blocks[k][l] = new double[perUnit * perUnit];
        }
      }
    }

    @Override
    public void add(INDArray features, double[][][] bends) {
      for (int k = 0; k < units; k++) {
        for (int l = k; l < units; l++) {
          double[] column = CurvatureSum.column(bends, k, l);
          if (Arrays.stream(column).anyMatch(bend -> bend != 0)) {
            CurvatureSum.addProducts(features, column, blocks[k][l]);
          }
        }
      }
    }

    @Override
    public FullCurvature curvature() {
      int n = units * perUnit;
      double[] matrix = new double[n * n];
      for (int row = 0; row < n; row++) {
        for (int column = row; column < n; column++) {
          double[] block = blocks[row / perUnit][column / perUnit];
          double element = block[row % perUnit * perUnit + column % perUnit];
          matrix[row * n + column] = element;
          matrix[column * n + row] = element;
        }
      }
      return new FullCurvature(SymmetricEigen.of(matrix, n), perUnit);
    }
  }
}
