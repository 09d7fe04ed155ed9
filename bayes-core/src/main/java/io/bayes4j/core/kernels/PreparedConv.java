package io.bayes4j.core.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution by weights that stay as they are: what a provider makes of them before it uses them
 * is made once and serves every call.
 *
 * <p>Several threads may use it at once. It is valid as long as the weights and the arena scope in
 * which it was made.
 */
@FunctionalInterface
public interface PreparedConv {
  /**
   * {@link KernelProvider#conv(INDArray, INDArray, INDArray, ConvGeometry, Epilogue)} by the
   * weights.
   */
  INDArray conv(INDArray x, Epilogue epilogue);
}
