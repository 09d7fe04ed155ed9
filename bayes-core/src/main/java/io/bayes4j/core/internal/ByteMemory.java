package io.bayes4j.core.internal;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The elements of an array of whole numbers, in the order in which they lie in memory, read and
 * written in bulk: what {@link FloatMemory} is for floats.
 */
public final class ByteMemory {
  private static final List<DataType> TYPES =
      List.of(DataType.INT8, DataType.UINT8, DataType.INT32);

  /** Keeps the native memory alive, which the buffer does not: hence the fences. */
  private final INDArray array;

  private final ByteBuffer buffer;

  private ByteMemory(INDArray array, ByteBuffer buffer) {
    this.array = array;
    this.buffer = buffer;
  }

  /**
   * Gives access to a whole array.
   *
   * @param name what messages call the array
   * @throws IllegalArgumentException if the array is of another type than INT8, UINT8 or INT32, or
   *     a part of another array
   */
  public static ByteMemory of(INDArray array, String name) {
    Require.argument(
        TYPES.contains(array.dataType()) && array.offset() == 0,
        "%s must be a whole array of type INT8, UINT8 or INT32, got %s of shape %s at offset %d",
        name,
        array.dataType(),
        Require.text(array.shape()),
        array.offset());
    ByteBuffer bytes = array.data().pointer().asByteBuffer();
    return new ByteMemory(array, bytes.order(ByteOrder.nativeOrder()));
  }

  /** Copies elements at ... at + n - 1 of an array of bytes. */
  public void read(long at, byte[] target, int n) {
    try {
      buffer.get((int) at, target, 0, n);
    } finally {
      Reference.reachabilityFence(array);
    }
  }

  /** Overwrites elements at ... at + n - 1 of an array of bytes. */
  public void write(long at, byte[] source, int n) {
    try {
      buffer.put((int) at, source, 0, n);
    } finally {
      Reference.reachabilityFence(array);
    }
  }

  /** Copies elements at ... at + n - 1 of an array of INT32. */
  public void read(long at, int[] target, int n) {
    try {
      buffer.asIntBuffer().get((int) at, target, 0, n);
    } finally {
      Reference.reachabilityFence(array);
    }
  }

  /** Overwrites elements at ... at + n - 1 of an array of INT32. */
  public void write(long at, int[] source, int n) {
    write(at, source, 0, n);
  }

  /** The same with what comes from an index of the source on. */
  public void write(long at, int[] source, int from, int n) {
    try {
      buffer.asIntBuffer().put((int) at, source, from, n);
    } finally {
      Reference.reachabilityFence(array);
    }
  }

  /** A copy of all bytes of an array of INT8 or UINT8. */
  public static byte[] bytes(INDArray array, String name) {
    byte[] copy = new byte[Math.toIntExact(array.length())];
    of(array, name).read(0, copy, copy.length);
    return copy;
  }
}
