package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Require;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What becomes of the integer sums of a unit: sum * source.scale * scales[unit] + bias[unit] +
 * addend, then perhaps a ReLU, in floats.
 *
 * @param source how the factors on the left are rounded
 * @param scales what a step of each unit's weights is worth
 * @param bias [units], or null for none
 * @param epilogue what follows
 */
public record IntegerEpilogue(
    Quantum source, List<Float> scales, INDArray bias, Epilogue epilogue) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if there is no scale, one is not a normal float above zero, or
   *     the bias is no vector of as many floats
   */
  public IntegerEpilogue {
    Require.nonNull(source, "source");
    Require.nonNull(epilogue, "epilogue");
    Require.openIfGiven(bias, "bias");
    scales = List.copyOf(Require.elements(scales, "scales"));
    Require.argument(!scales.isEmpty(), "scales must not be empty");
    Operands.requireVector("bias", bias, scales.size());
    for (float scale : scales) {
      Require.argument(
          scale >= Float.MIN_NORMAL && Float.isFinite(scale),
          "scales must be normal floats above zero, got %s",
          scale);
    }
  }

  /** What a sum of 1 is worth in each unit. */
  public float[] sumScales() {
    float[] products = new float[scales.size()];
    for (int i = 0; i < products.length; i++) {
      products[i] = source.scale() * scales.get(i);
    }
    return products;
  }
}
