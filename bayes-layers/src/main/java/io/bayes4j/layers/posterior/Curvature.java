package io.bayes4j.layers.posterior;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The generalized Gauss-Newton matrix H of a last layer, or what is kept of it, by its eigenvalues
 * and eigenvectors: with a prior of precision t the covariance of the weights is (H + t I)^-1.
 *
 * <p>Weights are numbered unit after unit. No method makes a matrix of features by features for a
 * unit, or of units by units for an example, but {@link #covariances}, which is asked for it.
 */
interface Curvature {
  /** Eigenvalues, none negative; as many as there are weights. */
  double[] eigenvalues();

  /**
   * Turns independent standard normals into deviations of the weights: multiplies them with the
   * symmetric root of the covariance, which unlike the eigenvectors is a continuous function of it.
   *
   * @param normals [draws, weights]
   * @return [draws, weights]
   */
  INDArray deviations(INDArray normals, double precision);

  /**
   * Variances of the outputs.
   *
   * @param features [N, weights of a unit]
   * @param centred of each output less the mean of all K, times K / (K - 1)
   * @return [N, units]
   */
  INDArray variances(INDArray features, double precision, boolean centred);

  /**
   * Covariances of the outputs of each example.
   *
   * @param features [N, weights of a unit]
   * @return [N, units, units]
   */
  INDArray covariances(INDArray features, double precision);

  /** All that it is, by name. */
  Map<String, INDArray> arrays();
}
