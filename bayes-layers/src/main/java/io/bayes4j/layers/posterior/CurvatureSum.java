package io.bayes4j.layers.posterior;

import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Adds up a curvature over the examples of the training data. */
interface CurvatureSum {
  /**
   * Adds some examples.
   *
   * @param features [N, weights of a unit]
   * @param bends [N][K][K] second derivatives by the outputs
   */
  void add(INDArray features, double[][][] bends);

  /** What they add up to. */
  Curvature curvature();

  /**
   * Adds to a matrix the sum over the examples of factor * features features'.
   *
   * @param matrix row-major
   */
  static void addProducts(INDArray features, double[] factors, double[] matrix) {
    float[] column = new float[factors.length];
    for (int n = 0; n < column.length; n++) {
      column[n] = (float) factors[n];
    }
    INDArray scaled = features.mulColumnVector(Nd4j.createFromArray(column).reshape(-1, 1));
    float[] products =
        new Arena()
            .scope(() -> Kernels.matmul(scaled, true, features, false).dup('c').data().asFloat());
    for (int i = 0; i < products.length; i++) {
      matrix[i] += products[i];
    }
  }

  /** One derivative of every example. */
  static double[] column(double[][][] bends, int k, int l) {
    double[] column = new double[bends.length];
    for (int n = 0; n < column.length; n++) {
      column[n] = bends[n][k][l];
    }
    return column;
  }
}
