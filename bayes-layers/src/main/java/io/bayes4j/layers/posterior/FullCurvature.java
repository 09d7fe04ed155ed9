package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Kernels;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** H as it is: the sum over the examples of bend (x) features features'. */
final class FullCurvature implements Curvature {
  /** Eigenvectors of this many weights take 0.5 GB and minutes. */
  private static final int MOST_WEIGHTS = 8192;

  private final double[] values;

  /** Row i belongs to value i. */
  private final INDArray vectors;

  private final int units;
  private final int perUnit;

  FullCurvature(double[] values, INDArray vectors, int units) {
    this.values = values;
    this.vectors = vectors;
    this.units = units;
    this.perUnit = values.length / units;
  }

  @Override
  public double[] eigenvalues() {
    return values;
  }

  @Override
  public INDArray deviations(INDArray normals, double precision) {
    INDArray coordinates = Kernels.matmul(normals, false, vectors, true);
    Matrices.map(
        coordinates, (z, i) -> z / Math.sqrt(values[(int) (i % values.length)] + precision));
    return Kernels.matmul(coordinates, false, vectors, false);
  }

  @Override
  public INDArray variances(INDArray features, double precision, boolean centred) {
    INDArray all = Matrices.create(features.size(0), units);
    INDArray mean = centred ? meanBlock() : null;
    double scale = centred ? units / (units - 1.0) : 1;
    for (int k = 0; k < units; k++) {
      INDArray block = Matrices.copy(block(k));
      if (mean != null) {
        Detached.subtract(mean, block);
      }
      INDArray along = along(features, block);
      Detached.copy(
          sums(along, along, precision), all.get(NDArrayIndex.all(), NDArrayIndex.point(k)));
    }
    return Detached.scale(all, scale);
  }

  /** What an output's weights are of the eigenvectors, [weights, perUnit]. */
  private INDArray block(int k) {
    return vectors.get(
        NDArrayIndex.all(), NDArrayIndex.interval((long) k * perUnit, (k + 1L) * perUnit));
  }

  private INDArray meanBlock() {
    INDArray mean = Detached.zeros(values.length, perUnit);
    for (int k = 0; k < units; k++) {
      Detached.add(block(k), mean);
    }
    return Detached.divide(mean, units);
  }

  private static INDArray along(INDArray features, INDArray block) {
    return Kernels.matmul(features, false, block, true);
  }

  /** Sums over the eigenvectors of a b / (value + precision), [N]. */
  private INDArray sums(INDArray a, INDArray b, double precision) {
    double[] first = Matrices.doubles(a);
    double[] second = Matrices.doubles(b);
    double[] sums = new double[(int) a.size(0)];
    for (int at = 0; at < first.length; at++) {
      int i = at % values.length;
      sums[at / values.length] += first[at] * second[at] / (values[i] + precision);
    }
    return Matrices.floats(sums, sums.length);
  }

  @Override
  public INDArray covariances(INDArray features, double precision) {
    INDArray all = Matrices.create(features.size(0), units, units);
    for (int k = 0; k < units; k++) {
      INDArray first = along(features, Matrices.copy(block(k)));
      for (int l = k; l < units; l++) {
        INDArray second = l == k ? first : along(features, Matrices.copy(block(l)));
        INDArray sums = sums(first, second, precision);
        Detached.copy(
            sums, all.get(NDArrayIndex.all(), NDArrayIndex.point(k), NDArrayIndex.point(l)));
        Detached.copy(
            sums, all.get(NDArrayIndex.all(), NDArrayIndex.point(l), NDArrayIndex.point(k)));
      }
    }
    return all;
  }

  @Override
  public Map<String, INDArray> arrays() {
    Map<String, INDArray> all = new LinkedHashMap<>();
    Matrices.put("full", values, vectors, all);
    return all;
  }

  /** Its sum. */
  static final class Sum implements CurvatureSum {
    private final int units;
    private final int perUnit;
    private double[] matrix;

    Sum(int units, int perUnit) {
      long weights = (long) units * perUnit;
      Require.argument(
          weights <= MOST_WEIGHTS,
          "a full covariance must be of at most %d weights, the last layer has %d; use KRONECKER",
          MOST_WEIGHTS,
          weights);
      this.units = units;
      this.perUnit = perUnit;
      this.matrix = new double[(int) (weights * weights)];
    }

    @Override
    public void add(RowSums.Rows features, Bends bends) {
      int stride = units * perUnit;
      for (int k = 0; k < units; k++) {
        RowSums.Place block = new RowSums.Place(matrix, k * perUnit * (stride + 1), stride);
        RowSums.addToUpper(features.times(column(bends.diagonal(), k)), features, block);
      }
      if (bends.coupling() != null) {
        RowSums.Rows products = products(features, bends.coupling());
        double[] minus = new double[features.count()];
        Arrays.fill(minus, -1);
        RowSums.addToUpper(products.times(minus), products, new RowSums.Place(matrix, 0, stride));
      }
    }

    private double[] column(double[] rows, int k) {
      double[] column = new double[rows.length / units];
      Arrays.setAll(column, n -> rows[n * units + k]);
      return column;
    }

    /** The coupling of each example (x) its features. */
    private RowSums.Rows products(RowSums.Rows features, double[] coupling) {
      int width = units * perUnit;
      double[] products = new double[features.count() * width];
      for (int at = 0; at < products.length; at++) {
        int n = at / width;
        int i = at % width;
        products[at] =
            coupling[n * units + i / perUnit] * features.values()[n * perUnit + i % perUnit];
      }
      return new RowSums.Rows(products, width);
    }

    @Override
    public FullCurvature curvature() {
      int n = units * perUnit;
      RowSums.mirror(matrix, n);
      SymmetricEigen eigen = SymmetricEigen.of(matrix, n);
      matrix = new double[0];
      return new FullCurvature(eigen.values(), Matrices.floats(eigen.vectors(), n, n), units);
    }
  }
}
