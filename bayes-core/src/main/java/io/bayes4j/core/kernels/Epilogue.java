package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a kernel does with its result before it writes it to memory: adds an array, then takes the
 * larger of each element and zero.
 *
 * @param addend of the result's shape, or null to add nothing
 * @param relu whether negative elements become zero
 * @param inPlace whether nobody reads the addend afterwards, so that the result may be the addend's
 *     array, overwritten; a provider may leave it alone and return another
 */
public record Epilogue(@Nullable INDArray addend, boolean relu, boolean inPlace) {
  /**
   * Checks the addend.
   *
   * @throws IllegalArgumentException if it is closed, or neither FLOAT nor BFLOAT16
   */
  public Epilogue {
    if (addend != null) {
      Operands.requireStored("addend", Require.open(addend, "addend").dataType());
    }
  }

  /** The result as it is. */
  public static final Epilogue NONE = new Epilogue(null, false);

  /** The larger of each element and zero. */
  public static final Epilogue RELU = new Epilogue(null, true);

  /**
   * An epilogue that leaves the addend alone.
   *
   * @param addend of the result's shape, or null to add nothing
   * @param relu whether negative elements become zero
   */
  public Epilogue(@Nullable INDArray addend, boolean relu) {
    this(addend, relu, false);
  }

  /** The same; if the addend shares memory with what the kernel reads, it is left alone. */
  Epilogue beside(@Nullable INDArray... operands) {
    INDArray added = addend;
    boolean overlaps =
        inPlace
            && added != null
            && Arrays.stream(operands)
                .anyMatch(
                    operand ->
                        operand != null && operand.data().address() == added.data().address());
    return overlaps ? new Epilogue(addend, relu) : this;
  }

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
