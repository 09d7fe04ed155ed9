package io.bayes4j.core.memory;

import io.bayes4j.core.internal.Detached;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What makes two arrays interchangeable. */
final class ArrayKind {
  /** Memory may be lent to an array of at least this part of its size. */
  private static final int LEAST_PART = 2;

  private final DataType type;
  private final Layout layout;
  private final long[] shape;

  ArrayKind(DataType type, Layout layout, long[] shape) {
    // Texts are made for messages alone: a step allocates hundreds of arrays.
    for (long length : shape) {
      if (length <= 0) {
        throw new IllegalArgumentException("shape must be positive, got " + Arrays.toString(shape));
      }
    }
    this.type = type;
    this.layout = layout;
    this.shape = shape.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ArrayKind kind
        && type == kind.type
        && layout == kind.layout
        && Arrays.equals(shape, kind.shape);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(shape) + layout.hashCode()) + type.hashCode();
  }

  long length() {
    return Detached.length(shape);
  }

  INDArray create() {
    return on(Detached.buffer(type, length()));
  }

  /** An array at the beginning of some memory. */
  INDArray on(DataBuffer buffer) {
    return Detached.on(buffer, type, shape, layout.strides(shape));
  }

  /** Whether memory serves such an array without wasting too much. */
  boolean fits(DataBuffer buffer) {
    long given = buffer.length();
    long needed = length();
    return buffer.dataType() == type && given >= needed && given / LEAST_PART <= needed;
  }
}
