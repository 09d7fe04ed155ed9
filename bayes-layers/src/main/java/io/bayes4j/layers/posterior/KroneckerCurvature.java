package io.bayes4j.layers.posterior;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * H as B (x) A, with B the sum of the examples' bends and A the mean of their features features':
 * exact if the bends are equal, as with Gaussian noise. The prior is added to the product's
 * eigenvalues, not to the factors', so that it stays exact.
 */
final class KroneckerCurvature implements Curvature {
  private final SymmetricEigen outputs;
  private final SymmetricEigen inputs;

  private KroneckerCurvature(SymmetricEigen outputs, SymmetricEigen inputs) {
    this.outputs = outputs;
    this.inputs = inputs;
  }

  @Override
  public double[] eigenvalues() {
    int perUnit = inputs.size();
    double[] values = new double[outputs.size() * perUnit];
    Arrays.setAll(values, i -> outputs.value(i / perUnit) * inputs.value(i % perUnit));
    return values;
  }

  /** The outputs' eigenvectors times the coordinates, a matrix, times the inputs' transposed. */
  @Override
  public double[] toWeights(double[] coordinates) {
    int perUnit = inputs.size();
    double[] half = new double[coordinates.length];
    double[] weights = new double[coordinates.length];
    for (int at = 0; at < half.length; at++) {
      for (int j = 0; j < perUnit; j++) {
        half[at] += coordinates[at / perUnit * perUnit + j] * inputs.vector(at % perUnit, j);
      }
    }
    for (int at = 0; at < weights.length; at++) {
      for (int i = 0; i < outputs.size(); i++) {
        weights[at] += outputs.vector(at / perUnit, i) * half[i * perUnit + at % perUnit];
      }
    }
    return weights;
  }

  @Override
  public double[] covariance(double[] factors, double[] variances) {
    int perUnit = inputs.size();
    double[] along = new double[perUnit];
    for (int i = 0; i < factors.length; i++) {
      double share = 0;
      for (int unit = 0; unit < factors.length; unit++) {
        share += factors[unit] * outputs.vector(unit, i);
      }
      for (int j = 0; j < perUnit; j++) {
        along[j] += share * share * variances[i * perUnit + j];
      }
    }
    double[] covariance = new double[perUnit * perUnit];
    for (int p = 0; p < perUnit; p++) {
      for (int q = 0; q < perUnit; q++) {
        double sum = 0;
        for (int j = 0; j < perUnit; j++) {
          sum += inputs.vector(p, j) * inputs.vector(q, j) * along[j];
        }
        covariance[p * perUnit + q] = sum;
      }
    }
    return covariance;
  }

  /** Its sum. */
  static final class Sum implements CurvatureSum {
    private final int units;
    private final int perUnit;
    private final double[] bendSum;
    private final double[] featureSum;
    private long examples;

    Sum(int units, int perUnit) {
      this.units = units;
      this.perUnit = perUnit;
      this.bendSum = new double[units * units];
      this.featureSum = new double[perUnit * perUnit];
    }

    @Override
    public void add(INDArray features, double[][][] bends) {
      double[] ones = new double[bends.length];
      Arrays.fill(ones, 1);
      CurvatureSum.addProducts(features, ones, featureSum);
      for (double[][] bend : bends) {
        for (int at = 0; at < bendSum.length; at++) {
          bendSum[at] += bend[at / units][at % units];
        }
      }
      examples += bends.length;
    }

    @Override
    public KroneckerCurvature curvature() {
      double[] featureMean = Arrays.stream(featureSum).map(sum -> sum / examples).toArray();
      return new KroneckerCurvature(
          SymmetricEigen.of(bendSum, units), SymmetricEigen.of(featureMean, perUnit));
    }
  }
}
