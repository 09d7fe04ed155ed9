package io.bayes4j.core.kernels;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a kernel does with its result before it writes it to memory: adds an array, then takes the
 * larger of each element and zero.
 *
 * @param addend of the result's shape, or null to add nothing
 * @param relu whether negative elements become zero
 */
public record Epilogue(INDArray addend, boolean relu) {
  /** The result as it is. */
  public static final Epilogue NONE = new Epilogue(null, false);

  /** Carries it out as an operation of its own, for kernels that cannot do it on the way. */
  INDArray apply(INDArray y) {
    if (y.dataType() == DataType.BFLOAT16) {
      return applyRounded(y);
    }
    if (addend == null) {
      return relu ? Elementwise.relu(y) : y;
    }
    return relu ? Elementwise.addRelu(y, addend) : Elementwise.add(y, addend);
  }

  private INDArray applyRounded(INDArray y) {
    if (addend != null) {
      Kernels.addInto(y, addend);
    }
    if (relu) {
      RoundedRelu.inPlace(y);
    }
    return y;
  }
}
