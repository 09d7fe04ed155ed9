package io.bayes4j.layers.posterior;

import io.bayes4j.core.kernels.Kernels;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The diagonal of H: the axes are its eigenvectors. */
final class DiagonalCurvature implements Curvature {
  private final double[] diagonal;
  private final int units;
  private final int perUnit;

  DiagonalCurvature(double[] diagonal, int units) {
    this.diagonal = diagonal;
    this.units = units;
    this.perUnit = diagonal.length / units;
  }

  @Override
  public double[] eigenvalues() {
    return diagonal;
  }

  @Override
  public INDArray deviations(INDArray normals, double precision) {
    return Matrices.map(
        Matrices.copy(normals),
        (z, i) -> z / Math.sqrt(diagonal[(int) (i % diagonal.length)] + precision));
  }

  @Override
  public INDArray variances(INDArray features, double precision, boolean centred) {
    INDArray own = own(features, precision);
    if (!centred) {
      return own;
    }
    // Of a sum of independent outputs: (1 - 1/K)^2 of its own, 1/K^2 of each other, all K / (K -
    // 1).
    double[] sums = new double[(int) own.size(0)];
    double[] all = Matrices.doubles(own);
    for (int at = 0; at < all.length; at++) {
      sums[at / units] += all[at];
    }
    double others = 1.0 / ((double) units * (units - 1));
    double rest = (units - 2.0) / (units - 1);
    return Matrices.map(own, (value, i) -> rest * value + others * sums[(int) (i / units)]);
  }

  private INDArray own(INDArray features, double precision) {
    INDArray variances =
        Matrices.map(
            Matrices.create(units, perUnit), (z, i) -> 1 / (diagonal[(int) i] + precision));
    return Kernels.matmul(Matrices.squares(features), false, variances, true);
  }

  @Override
  public INDArray covariances(INDArray features, double precision) {
    double[] own = Matrices.doubles(own(features, precision));
    return Matrices.map(
        Matrices.create(features.size(0), units, units),
        (z, i) -> i / units % units == i % units ? own[(int) (i / units)] : 0);
  }

  @Override
  public Map<String, INDArray> arrays() {
    return Map.of("diagonal", Matrices.exact(diagonal));
  }

  /** Its sum. */
  static final class Sum implements CurvatureSum {
    private final int units;
    private final RowSums.Place place;

    Sum(int units, int perUnit) {
      this.units = units;
      this.place = new RowSums.Place(new double[Math.multiplyExact(units, perUnit)], 0, perUnit);
    }

    @Override
    public void add(RowSums.Rows features, Bends bends) {
      double[] squares = features.values().clone();
      for (int at = 0; at < squares.length; at++) {
        squares[at] *= squares[at];
      }
      RowSums.add(
          new RowSums.Rows(bends.ofOneOutput(), units),
          new RowSums.Rows(squares, features.width()),
          place);
    }

    @Override
    public DiagonalCurvature curvature() {
      return new DiagonalCurvature(place.values(), units);
    }
  }
}
