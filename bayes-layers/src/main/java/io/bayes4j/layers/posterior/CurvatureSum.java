package io.bayes4j.layers.posterior;

/** Adds up a curvature over the examples of the training data. */
interface CurvatureSum {
  /**
   * Adds some examples.
   *
   * @param features a row of the weights of a unit for each
   * @param bends second derivatives by the outputs
   */
  void add(RowSums.Rows features, Bends bends);

  /** What they add up to; the last call. */
  Curvature curvature();
}
