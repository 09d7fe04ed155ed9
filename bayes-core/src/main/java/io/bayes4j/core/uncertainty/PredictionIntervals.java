package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Ranges that are said to hold later targets with a probability.
 *
 * @param lower the lower ends, float32 [batch, outputs]; may be infinite
 * @param upper the upper ends, in the same shape; below the lower end where a range is empty
 */
public record PredictionIntervals(INDArray lower, INDArray upper) {
  /**
   * Ranges.
   *
   * @throws IllegalArgumentException if one of them is no open float array, or their shapes differ
   */
  public PredictionIntervals {
    requireFloat(lower, "lower");
    requireFloat(upper, "upper");
    Tensors.checkSameShape(lower, "lower", upper, "upper");
  }

  private static void requireFloat(INDArray array, String name) {
    Require.open(array, name);
    Require.argument(
        array.dataType() == DataType.FLOAT, "%s must be FLOAT, got %s", name, array.dataType());
  }

  /**
   * The share of targets inside their range, the ends included, over all outputs.
   *
   * @param targets float32 [batch, outputs]
   * @throws IllegalArgumentException if the targets have another shape or are not finite
   */
  public double coverage(INDArray targets) {
    float[] y = Tensors.copyBounded(targets, "targets", Tensors.BATCH_OUTPUTS, Tensors.Bound.NONE);
    Tensors.checkSameShape(lower, "lower", targets, "targets");
    float[] low = Tensors.copy(lower, "lower", Tensors.BATCH_OUTPUTS);
    float[] high = Tensors.copy(upper, "upper", Tensors.BATCH_OUTPUTS);
    int inside = 0;
    for (int i = 0; i < y.length; i++) {
      inside += y[i] >= low[i] && y[i] <= high[i] ? 1 : 0;
    }
    return inside / (double) y.length;
  }

  /** The mean width over all examples and outputs; an empty range has none. */
  public double meanWidth() {
    float[] low = Tensors.copy(lower, "lower", Tensors.BATCH_OUTPUTS);
    float[] high = Tensors.copy(upper, "upper", Tensors.BATCH_OUTPUTS);
    double sum = 0;
    for (int i = 0; i < low.length; i++) {
      sum += Math.max(0, (double) high[i] - low[i]);
    }
    return sum / low.length;
  }
}
