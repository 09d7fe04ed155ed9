package io.bayes4j.core.internal;

import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The elements of a dense float array in 'c' order, read and written in bulk without a copy of the
 * whole.
 *
 * <p>Element access to native memory from Java is slow, or at best not turned into vector
 * instructions: kernels copy a chunk to the heap, work there and copy it back. All methods may be
 * called by several threads at once.
 */
public final class FloatMemory {
  private static final List<DataType> PACKED =
      List.of(DataType.BFLOAT16, DataType.INT8, DataType.UINT8);

  /** Keeps the native memory alive, which the buffer does not: hence the fences. */
  private final INDArray array;

  private final FloatBuffer buffer;
  private final int base;
  private final long length;

  private FloatMemory(INDArray array, FloatBuffer buffer, long length) {
    this.array = array;
    this.buffer = buffer;
    this.base = buffer.position();
    this.length = length;
  }

  /**
   * Gives access to an array, which may be a view as long as its elements are adjacent.
   *
   * @param name what messages call the array
   * @throws IllegalArgumentException if the array is not of type float, not dense in 'c' order, or
   *     beyond what a Java buffer can address
   */
  public static FloatMemory of(INDArray array, String name) {
    // Texts are made for messages alone: a step comes here hundreds of times.
    if (!array.isEmpty() && !isDense(array)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.US,
              "%s must be dense in 'c' order, got shape %s with strides %s",
              name,
              Arrays.toString(array.shape()),
              Arrays.toString(array.stride())));
    }
    return inMemoryOrder(array, name);
  }

  /**
   * Gives access to the elements of an array in the order in which they lie in memory.
   *
   * @param array whose elements the caller knows to be adjacent, in whatever order
   * @param name what messages call the array
   * @throws IllegalArgumentException if the array is not of type float, or beyond what a Java
   *     buffer can address
   */
  public static FloatMemory inMemoryOrder(INDArray array, String name) {
    Require.argument(
        array.dataType() == DataType.FLOAT,
        "%s must be of type FLOAT, got %s",
        name,
        array.dataType());
    if (array.isEmpty()) {
      return new FloatMemory(array, FloatBuffer.allocate(0), 0);
    }
    Require.argument(
        array.offset() + array.length() <= Integer.MAX_VALUE / Float.BYTES,
        "%s must end below element %d of its buffer, got length %d at offset %d",
        name,
        Integer.MAX_VALUE / Float.BYTES,
        array.length(),
        array.offset());
    return new FloatMemory(array, array.data().asNioFloat(), array.length());
  }

  /**
   * Gives access to the elements of an array of narrower ones, two BFLOAT16 or four 8-bit numbers
   * in the bits of each float, in the order in which they lie in memory: to be moved, not to be
   * computed with.
   *
   * @param array whole, of adjacent elements that fill whole floats
   * @param name what messages call the array
   * @throws IllegalArgumentException if the array is of another type or length, or a part of
   *     another array
   */
  public static FloatMemory ofPacked(INDArray array, String name) {
    int perFloat = Float.BYTES / array.dataType().width();
    Require.argument(
        PACKED.contains(array.dataType()) && array.offset() == 0 && array.length() % perFloat == 0,
        "%s must be a whole BFLOAT16 array of even length, or INT8 or UINT8 array of a length that 4"
            + " divides, got %s of length %d at offset %d",
        name,
        array.dataType(),
        array.length(),
        array.offset());
    FloatBuffer packed =
        array.data().pointer().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    return new FloatMemory(array, packed, array.length() / perFloat);
  }

  /**
   * Gives access, for reading alone, to an array of any strides: to a dense copy where need be.
   *
   * @param name what messages call the array
   * @throws IllegalArgumentException if the array is not of type float, or beyond what a Java
   *     buffer can address
   */
  public static FloatMemory reading(INDArray array, String name) {
    return of(array.isEmpty() || isDense(array) ? array : Detached.copy(array), name);
  }

  /**
   * Gives access to an array that must have a certain number of elements.
   *
   * @param name what messages call the array
   * @throws IllegalArgumentException as for {@link #of(INDArray, String)}, and if the length
   *     differs
   */
  public static FloatMemory of(INDArray array, String name, long length) {
    if (array.length() != length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.US,
              "%s must have %d elements, got %d of shape %s",
              name,
              length,
              array.length(),
              Arrays.toString(array.shape())));
    }
    return of(array, name);
  }

  /** Copies all elements of an array of any strides, in 'c' order, to the heap. */
  public static float[] numbers(INDArray array, String name) {
    float[] copy = new float[Math.toIntExact(array.length())];
    reading(array, name).read(0, copy, copy.length);
    return copy;
  }

  /** Returns the number of elements. */
  public long length() {
    return length;
  }

  /** Copies elements at ... at + n - 1 to the start of an array. */
  public void read(long at, float[] target, int n) {
    read(at, target, 0, n);
  }

  /** Copies elements at ... at + n - 1 to an array, from an offset on. */
  public void read(long at, float[] target, int offset, int n) {
    try {
      buffer.get(base + (int) at, target, offset, n);
    } finally {
      Reference.reachabilityFence(array);
    }
  }

  /** Overwrites elements at ... at + n - 1 with the start of an array. */
  public void write(long at, float[] source, int n) {
    write(at, source, 0, n);
  }

  /** Overwrites elements at ... at + n - 1 with those of an array, from an offset on. */
  public void write(long at, float[] source, int offset, int n) {
    try {
      buffer.put(base + (int) at, source, offset, n);
    } finally {
      Reference.reachabilityFence(array);
    }
  }

  /** Overwrites the first elements with all that a buffer has left. */
  public void write(FloatBuffer source) {
    try {
      buffer.duplicate().position(base).put(source);
    } finally {
      Reference.reachabilityFence(array);
    }
  }

  /** A term of a sum: the n first elements of a chunk. */
  @FunctionalInterface
  public interface ChunkSum {
    /** Returns the sum over the chunk. */
    double sum(float[] chunk, int n);
  }

  /**
   * Returns a sum over all elements, added in a fixed order: the same bits for any number of
   * threads.
   */
  public double sum(ChunkSum term) {
    return Parallel.sum(
        length(),
        Scratch.SIZE,
        (from, to) -> {
          try (Scratch scratch = Scratch.open()) {
            float[] chunk = scratch.array();
            int n = (int) (to - from);
            read(from, chunk, n);
            return term.sum(chunk, n);
          }
        });
  }

  private static boolean isDense(INDArray array) {
    long expected = 1;
    for (int i = array.rank() - 1; i >= 0; i--) {
      if (array.size(i) != 1 && array.stride(i) != expected) {
        return false;
      }
      expected *= array.size(i);
    }
    return true;
  }
}
