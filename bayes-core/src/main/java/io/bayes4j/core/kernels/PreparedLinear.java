package io.bayes4j.core.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dense layer by weights that stay as they are: what a provider makes of them before it uses them
 * is made once and serves every call.
 *
 * <p>Several threads may use it at once. It is valid as long as the weights and the arena scope in
 * which it was made.
 */
@FunctionalInterface
public interface PreparedLinear {
  /** {@link KernelProvider#linear} by the weights, with the same bits. */
  INDArray linear(INDArray x);
}
