package io.bayes4j.core.kernels;

/**
 * Products of one matrix with one block of rows after another, as a recurrent layer needs them:
 * what every call would do alike is done once. One thread uses it, and closes it.
 */
public interface RowProducts extends AutoCloseable {
  /**
   * Multiplies rows by the matrix.
   *
   * @param rows the block, row after row
   * @param products takes the products, row after row
   */
  void multiply(float[] rows, float[] products);

  @Override
  void close();
}
