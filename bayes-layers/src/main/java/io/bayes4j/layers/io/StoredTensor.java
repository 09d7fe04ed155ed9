package io.bayes4j.layers.io;

import java.util.List;

/**
 * Element type and shape of a tensor as its file declares them, checked for sense but not yet
 * against the size of the file.
 *
 * @param order {@code 'c'} if the last axis varies fastest in the file, {@code 'f'} if the first
 */
record StoredTensor(Origin origin, StoredType type, List<Long> shape, char order, long elements) {
  /** The most axes that an INDArray can have. */
  static final int MOST_AXES = 32;

  static StoredTensor of(Origin origin, StoredType type, List<Long> shape, char order)
      throws MalformedTensorFileException {
    if (shape.size() > MOST_AXES) {
      throw origin.malformed("shape must have at most " + MOST_AXES + " axes, has " + shape.size());
    }
    for (long dim : shape) {
      if (dim < 0) {
        throw origin.malformed("shape must not be negative, is " + shape);
      }
    }
    return new StoredTensor(origin, type, List.copyOf(shape), order, count(origin, type, shape));
  }

  /** Bytes of the tensor in the file. */
  long byteLength() {
    return elements * type.width();
  }

  private static long count(Origin origin, StoredType type, List<Long> shape)
      throws MalformedTensorFileException {
    try {
      // A zero counts as 1 until the end: the strides of an empty array must not overflow either.
      long count = type.width();
      for (long dim : shape) {
        count = Math.multiplyExact(count, Math.max(dim, 1));
      }
      return shape.contains(0L) ? 0 : count / type.width();
    } catch (ArithmeticException overflow) {
      throw origin.malformed("shape must hold fewer than 2^63 bytes, is " + shape, overflow);
    }
  }
}
