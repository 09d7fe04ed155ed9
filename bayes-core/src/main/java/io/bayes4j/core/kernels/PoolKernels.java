package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Pooling of windows, checked at this edge and computed by the {@link Kernels#provider}. */
public final class PoolKernels {
  private PoolKernels() {}

  /**
   * Largest value of each window, or NaN if there is one in it; padding never wins.
   *
   * @throws IllegalArgumentException if x does not fit the window
   */
  public static INDArray maxPool(INDArray x, PoolGeometry window) {
    Operands.requireWindow(x, window);
    return Kernels.provider().maxPool(x, window);
  }

  /**
   * {@link #maxPool(INDArray, PoolGeometry)} of a {@linkplain PoolGeometry#of plain} window.
   *
   * @throws IllegalArgumentException if x does not fit the window, or the window is dilated
   */
  public static INDArray maxPool(INDArray x, ConvGeometry window) {
    return maxPool(x, PoolGeometry.of(window));
  }

  /**
   * Gradient of {@link #maxPool}: each gradient goes to the first largest value of its window.
   *
   * @throws IllegalArgumentException if y or gradY is not the shape that x gives
   */
  public static INDArray maxPoolBackward(
      INDArray x, INDArray y, INDArray gradY, PoolGeometry window) {
    Operands.requireWindow(x, window);
    Operands.requireActivation("y", y, window.outputShape(x.shape()), x.dataType());
    Operands.requireActivation("gradY", gradY, y.shape(), x.dataType());
    return Kernels.provider().maxPoolBackward(x, y, gradY, window);
  }

  /**
   * Gradient of {@link #maxPool(INDArray, ConvGeometry)}.
   *
   * @throws IllegalArgumentException if y or gradY is not the shape that x gives
   */
  public static INDArray maxPoolBackward(
      INDArray x, INDArray y, INDArray gradY, ConvGeometry window) {
    return maxPoolBackward(x, y, gradY, PoolGeometry.of(window));
  }

  /**
   * Mean of each window.
   *
   * @throws IllegalArgumentException if x does not fit the window, or the window is dilated
   */
  public static INDArray avgPool(INDArray x, PoolGeometry window) {
    Require.nonNull(window, "window").requireNoDilation();
    Operands.requireWindow(x, window);
    return Kernels.provider().avgPool(x, window);
  }

  /**
   * Mean of each window, padding counted as zeros.
   *
   * @throws IllegalArgumentException if x does not fit the window, or the window is dilated
   */
  public static INDArray avgPool(INDArray x, ConvGeometry window) {
    return avgPool(x, PoolGeometry.of(window));
  }

  /**
   * Gradient of {@link #avgPool}.
   *
   * @throws IllegalArgumentException if gradY is not the shape that x of this shape gives, or the
   *     window is dilated
   */
  public static INDArray avgPoolBackward(INDArray gradY, long[] shapeX, PoolGeometry window) {
    Require.nonNull(window, "window").requireNoDilation();
    Require.nonNull(shapeX, "shapeX");
    Operands.requireActivation("gradY", gradY, window.rank() + 2);
    Require.argument(
        shapeX.length == window.rank() + 2,
        "shapeX must have %d axes [N, C, spatial ...], got %s",
        window.rank() + 2,
        Require.text(shapeX));
    Operands.requireShape("gradY", gradY.shape(), window.outputShape(shapeX));
    return Kernels.provider().avgPoolBackward(gradY, shapeX, window);
  }

  /**
   * Gradient of {@link #avgPool(INDArray, ConvGeometry)}.
   *
   * @throws IllegalArgumentException if gradY is not the shape that x of this shape gives, or the
   *     window is dilated
   */
  public static INDArray avgPoolBackward(INDArray gradY, long[] shapeX, ConvGeometry window) {
    return avgPoolBackward(gradY, shapeX, PoolGeometry.of(window));
  }
}
