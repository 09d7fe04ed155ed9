package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Softmax along an axis of arrays of floats, and its gradients: checked at this edge and computed
 * by the {@linkplain Kernels#provider provider of kernels}.
 *
 * <p>There is no other softmax in the library; a loss that reads the logits of an example anyway
 * runs the same loop on them.
 */
public final class Softmax {
  private Softmax() {}

  /**
   * e^x over its sum along an axis, for numbers of any size. An element of minus infinity gets
   * zero, and where there is nothing else all get zero.
   *
   * @param axis from 0
   * @throws IllegalArgumentException if x is empty or has no such axis
   */
  public static INDArray of(INDArray x, int axis) {
    requireAxis("x", x, axis);
    INDArray out = Arena.allocate(x.shape());
    Kernels.provider().softmax(x, axis, 0f, out);
    return out;
  }

  /**
   * Replaces the numbers of a dense row-major array by e^x over its sum along an axis; by NaN where
   * all are minus infinity, so that nobody takes what says nothing for probabilities.
   *
   * @param axis from 0
   * @throws IllegalArgumentException if x is empty, has no such axis or is not dense in 'c' order
   */
  public static void inPlace(INDArray x, int axis) {
    requireAxis("x", x, axis);
    Kernels.provider().softmax(x, axis, Float.NaN, x);
  }

  /**
   * Gradient of {@link #of} with respect to x.
   *
   * @param y what it returned
   * @throws IllegalArgumentException if there is no such axis or the shapes differ
   */
  public static INDArray backward(INDArray y, INDArray gradY, int axis) {
    requireAxis("y", y, axis);
    Operands.requireShape("gradY", gradY, y.shape());
    return Kernels.provider().softmaxBackward(y, gradY, axis);
  }

  /**
   * Logarithm of e^x over its sum along an axis, stable for large x.
   *
   * @param axis from 0
   * @throws IllegalArgumentException if x is empty or has no such axis
   */
  public static INDArray logs(INDArray x, int axis) {
    requireAxis("x", x, axis);
    return Kernels.provider().logSoftmax(x, axis);
  }

  /**
   * Gradient of {@link #logs} with respect to x.
   *
   * @param y what it returned
   * @throws IllegalArgumentException if there is no such axis or the shapes differ
   */
  public static INDArray logsBackward(INDArray y, INDArray gradY, int axis) {
    requireAxis("y", y, axis);
    Operands.requireShape("gradY", gradY, y.shape());
    return Kernels.provider().logSoftmaxBackward(y, gradY, axis);
  }

  private static void requireAxis(String name, INDArray x, int axis) {
    Operands.requireNumbers(name, x);
    Require.argument(
        axis >= 0 && axis < x.rank(),
        "axis must be in [0, %d), the axes of %s, got %d, shape %s",
        x.rank(),
        name,
        axis,
        Require.text(x.shape()));
  }
}
