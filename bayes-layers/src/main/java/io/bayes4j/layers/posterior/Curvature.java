package io.bayes4j.layers.posterior;

/**
 * The generalized Gauss-Newton matrix H of a last layer, or what is kept of it, by its eigenvalues
 * and eigenvectors: with a prior of precision t the covariance of the weights is (H + t I)^-1.
 *
 * <p>Weights are numbered unit after unit.
 */
interface Curvature {
  /** Eigenvalues, none negative; as many as there are weights. */
  double[] eigenvalues();

  /** The sum of the eigenvectors, each times its coordinate. */
  double[] toWeights(double[] coordinates);

  /**
   * Covariance of a sum of the units' weights.
   *
   * @param factors what each unit's weights are multiplied by in the sum
   * @param variances those along the eigenvectors
   * @return row-major, weights of a unit by weights of a unit
   */
  double[] covariance(double[] factors, double[] variances);
}
