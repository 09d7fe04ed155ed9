package io.bayes4j.layers.posterior;

/** What is kept of the covariance between the weights of a last layer. */
public enum LaplaceCovariance {
  /** All of it: exact for a linear model with Gaussian noise; cubic in the number of weights. */
  FULL {
    @Override
    CurvatureSum start(int units, int perUnit) {
      return new FullCurvature.Sum(units, perUnit);
    }

    @Override
    Curvature read(PosteriorFile file, int units, int perUnit) {
      int weights = units * perUnit;
      return new FullCurvature(
          file.spreads("full.values", weights),
          file.floats("full.vectors", weights, weights),
          units);
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

    @Override
    Curvature read(PosteriorFile file, int units, int perUnit) {
      return new KroneckerCurvature(
          file.spreads("outputs.values", units),
          file.floats("outputs.vectors", units, units),
          file.spreads("inputs.values", perUnit),
          file.floats("inputs.vectors", perUnit, perUnit));
    }
  },
  /** The variances alone. */
  DIAGONAL {
    @Override
    CurvatureSum start(int units, int perUnit) {
      return new DiagonalCurvature.Sum(units, perUnit);
    }

    @Override
    Curvature read(PosteriorFile file, int units, int perUnit) {
      return new DiagonalCurvature(file.spreads("diagonal", units * perUnit), units);
    }
  };

  abstract CurvatureSum start(int units, int perUnit);

  /** What {@link Curvature#arrays} has given to a file. */
  abstract Curvature read(PosteriorFile file, int units, int perUnit);
}
