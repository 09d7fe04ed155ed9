package io.bayes4j.layers.posterior;

/** What is kept of the covariance between the weights of a last layer. */
public enum LaplaceCovariance {
  /** All of it: exact for a linear model with Gaussian noise; cubic in the number of weights. */
  FULL {
    @Override
    CurvatureSum start(int units, int perUnit) {
      return new FullCurvature.Sum(units, perUnit);
    }
  },
  /**
   * That of the units times that of the inputs (Martens and Grosse 2015; Ritter, Botev and Barber
   * 2018): cubic in either number alone.
   */
  KRONECKER {
    @Override
    CurvatureSum start(int units, int perUnit) {
      return new KroneckerCurvature.Sum(units, perUnit);
    }
  },
  /** The variances alone. */
  DIAGONAL {
    @Override
    CurvatureSum start(int units, int perUnit) {
      return new DiagonalCurvature.Sum(units, perUnit);
    }
  };

  abstract CurvatureSum start(int units, int perUnit);
}
