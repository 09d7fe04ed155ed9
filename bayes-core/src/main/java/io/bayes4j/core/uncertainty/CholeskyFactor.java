package io.bayes4j.core.uncertainty;

import org.jspecify.annotations.Nullable;

/** The lower triangle L of a covariance L L'. */
final class CholeskyFactor {
  private static final double LEAST = 1e-12;

  /** Pivots below this share of the diagonal are rounding. */
  private static final double ROUNDING = 1e-13;

  private final double[][] rows;

  private CholeskyFactor(double[][] rows) {
    this.rows = rows;
  }

  /** The factor of a matrix, or of one with as little as need be added to the diagonal. */
  static CholeskyFactor ofRaised(double[][] lower) {
    double mean = 0;
    for (int i = 0; i < lower.length; i++) {
      mean += lower[i][i] / lower.length;
    }
    // Where nothing varies at all, any scale will do.
    double scale = mean > 0 ? mean : 1;
    CholeskyFactor factor = of(lower, 0);
    for (double raise = LEAST; factor == null; raise *= 10) {
      factor = of(lower, raise * scale);
    }
    return factor;
  }

  /** The factor; null if the matrix is not clearly positive definite. */
  private static @Nullable CholeskyFactor of(double[][] lower, double raise) {
    double[][] rows = new double[lower.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new double[i + 1];
      for (int j = 0; j <= i; j++) {
        double rest = lower[i][j] + (i == j ? raise : 0);
        for (int k = 0; k < j; k++) {
          rest -= rows[i][k] * rows[j][k];
        }
        if (i == j) {
          if (!(rest > ROUNDING * (lower[i][i] + raise))) {
            return null;
          }
          rows[i][i] = Math.sqrt(rest);
        } else {
          rows[i][j] = rest / rows[j][j];
        }
      }
    }
    return new CholeskyFactor(rows);
  }

  double logDeterminant() {
    double sum = 0;
    for (int i = 0; i < rows.length; i++) {
      sum += 2 * Math.log(rows[i][i]);
    }
    return sum;
  }

  /** x' (L L')^-1 x. */
  double squaredNorm(double... x) {
    double[] solved = new double[x.length];
    double norm = 0;
    for (int i = 0; i < x.length; i++) {
      double rest = x[i];
      for (int k = 0; k < i; k++) {
        rest -= rows[i][k] * solved[k];
      }
      solved[i] = rest / rows[i][i];
      norm += solved[i] * solved[i];
    }
    return norm;
  }
}
