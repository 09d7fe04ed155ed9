package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Require;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What follows integer sums once they are floats: an array is added, then perhaps negative elements
 * become zero, then perhaps all are rounded to 8-bit numbers again.
 *
 * @param addend of the result's shape, floats or 8-bit numbers; null to add nothing
 * @param addendQuantum what a step of an 8-bit addend is worth; null for floats
 * @param relu whether negative elements become zero
 * @param inPlace whether nobody reads the addend afterwards, so that the result may be the addend's
 *     array, overwritten; a provider may leave it alone and return another
 * @param target how the result is rounded; null for floats
 */
public record IntegerFinish(
    @Nullable INDArray addend,
    @Nullable Quantum addendQuantum,
    boolean relu,
    boolean inPlace,
    @Nullable Quantum target) {
  /** The result in floats, as it is. */
  public static final IntegerFinish NONE = new IntegerFinish(null, null, false, false, null);

  /**
   * Checks the addend.
   *
   * @throws IllegalArgumentException if it is closed, or of another type than is said
   */
  public IntegerFinish {
    if (addend != null) {
      DataType type = Require.open(addend, "addend").dataType();
      DataType expected = addendQuantum == null ? DataType.FLOAT : addendQuantum.type();
      String name = addendQuantum == null ? "FLOAT" : addendQuantum.typeName();
      Require.argument(type == expected, "addend must be of type %s, got %s", name, type);
    }
  }

  /** The same, rounded to 8-bit numbers. */
  public IntegerFinish roundedTo(Quantum quantum) {
    return new IntegerFinish(addend, addendQuantum, relu, inPlace, quantum);
  }

  /** The same with floats to add. */
  IntegerFinish adding(INDArray floats) {
    return new IntegerFinish(floats, null, relu, inPlace, target);
  }

  /** The same; if the addend shares memory with what the kernel reads, it is left alone. */
  IntegerFinish beside(INDArray x) {
    boolean overlaps = inPlace && addend != null && x.data().address() == addend.data().address();
    return overlaps ? new IntegerFinish(addend, addendQuantum, relu, false, target) : this;
  }

  /**
   * Whether sums become 8-bit numbers in one step, rather than floats that are rounded afterwards:
   * where nothing but 8-bit numbers of the result's type is added.
   */
  public boolean roundsAtOnce() {
    return target != null && (addend == null || sameTypes());
  }

  /** Whether addend and result are 8-bit numbers of one type. */
  boolean sameTypes() {
    return addendQuantum != null && target != null && addendQuantum.type() == target.type();
  }

  /**
   * Steps of the result that a step of an 8-bit addend is worth, in 16 bits: the product with an
   * 8-bit number is then a float without any rounding, and a sum is the same whether or not product
   * and sum are one instruction.
   */
  public float addendFactor() {
    float ratio =
        Objects.requireNonNull(addendQuantum).scale() / Objects.requireNonNull(target).scale();
    return Float.intBitsToFloat((Float.floatToIntBits(ratio) + 0x80) & ~0xff);
  }
}
