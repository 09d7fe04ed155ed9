package io.bayes4j.layers.posterior;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The diagonal of H: the axes are its eigenvectors. */
final class DiagonalCurvature implements Curvature {
  private final double[] diagonal;
  private final int perUnit;

  private DiagonalCurvature(double[] diagonal, int perUnit) {
    this.diagonal = diagonal;
    this.perUnit = perUnit;
  }

  @Override
  public double[] eigenvalues() {
    return diagonal.clone();
  }

  @Override
  public double[] toWeights(double[] coordinates) {
    return coordinates.clone();
  }

  @Override
  public double[] covariance(double[] factors, double[] variances) {
    double[] covariance = new double[perUnit * perUnit];
    for (int at = 0; at < variances.length; at++) {
      double factor = factors[at / perUnit];
      covariance[at % perUnit * (perUnit + 1)] += factor * factor * variances[at];
    }
    return covariance;
  }

  /** Its sum. */
  static final class Sum implements CurvatureSum {
    private final int units;
    private final int perUnit;
    private final double[] diagonal;

    Sum(int units, int perUnit) {
      this.units = units;
      this.perUnit = perUnit;
      this.diagonal = new double[units * perUnit];
    }

    @Override
    public void add(INDArray features, double[][][] bends) {
      float[] rows = features.dup('c').data().asFloat();
      for (int n = 0; n < bends.length; n++) {
        for (int k = 0; k < units; k++) {
          for (int p = 0; p < perUnit; p++) {
            double feature = rows[n * perUnit + p];
            diagonal[k * perUnit + p] += bends[n][k][k] * feature * feature;
          }
        }
      }
    }

    @Override
    public DiagonalCurvature curvature() {
      return new DiagonalCurvature(diagonal, perUnit);
    }
  }
}
