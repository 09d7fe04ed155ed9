package io.bayes4j.core.internal;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryManager;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The one door to ND4J's factories and operators: whatever comes out belongs to no workspace, and
 * depends neither on the default type nor on the default order.
 *
 * <p>A thread may be in a workspace of its caller's, which ND4J puts every new array into, hidden
 * temporaries included: what is kept beyond the cycle is then overwritten, and what the caller has
 * planned for the workspace no longer fits. So all of ours is done with the workspace put aside.
 * The build forbids ND4J's own calls elsewhere.
 */
public final class Detached {
  private static final long MOST_ELEMENTS = Integer.MAX_VALUE / Float.BYTES;

  private Detached() {}

  /** Runs a piece of work of this thread outside all workspaces. */
  public static <T> T apart(Supplier<T> work) {
    MemoryManager manager = Nd4j.getMemoryManager();
    MemoryWorkspace open = manager.getCurrentWorkspace();
    if (open == null) {
      return work.get();
    }
    manager.setCurrentWorkspace(null);
    try {
      return work.get();
    } finally {
      manager.setCurrentWorkspace(open);
    }
  }

  /**
   * The number of elements of an array, asked for before it is made: a size that no memory holds
   * ends the process in native code.
   *
   * @throws IllegalArgumentException if an axis is negative, or there are more elements than the
   *     2^31 bytes of floats that Java can address
   */
  public static long length(long... shape) {
    long length = 1;
    for (long size : shape) {
      if (size < 0 || (size > 0 && length > MOST_ELEMENTS / size)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "an array must have at most %d elements (2 GiB of floats) and no negative axis, got"
                    + " shape %s, %s bytes",
                MOST_ELEMENTS,
                Arrays.toString(shape),
                LongStream.of(shape)
                    .mapToObj(BigInteger::valueOf)
                    .reduce(BigInteger.valueOf(Float.BYTES), BigInteger::multiply)));
      }
      length *= size;
    }
    return length;
  }

  /**
   * A row-major array with undefined content.
   *
   * @throws IllegalArgumentException as for {@link #length}, and if there is no memory for it
   */
  public static INDArray create(DataType type, long... shape) {
    long length = length(shape);
    requireRoom(type, length, shape);
    return on(newBuffer(type, length), type, shape, Nd4j.getStrides(shape, 'c'));
  }

  /**
   * A row-major float array for the outputs of many draws, with undefined content.
   *
   * @param shape [draws, N, ...]
   * @throws IllegalArgumentException saying what to do, if they are too large
   */
  public static INDArray forDraws(long... shape) {
    try {
      return create(DataType.FLOAT, shape);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the outputs of %d draws for %d examples do not fit into memory together; predict"
                  + " fewer examples at a time and keep what you need of each, or take fewer"
                  + " draws: %s",
              shape[0],
              shape[1],
              e.getMessage()),
          e);
    }
  }

  private static void requireRoom(DataType type, long length, long... shape) {
    Room.require(length * type.width(), () -> "an array of shape " + Arrays.toString(shape));
  }

  /** A dense array in 'c' or 'f' order, with undefined content; it may be empty. */
  public static INDArray create(DataType type, char order, long... shape) {
    requireRoom(type, length(shape), shape);
    return Nd4j.createUninitializedDetached(type, order, shape);
  }

  /**
   * Memory for so many elements, with undefined content.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static DataBuffer buffer(DataType type, long length) {
    requireRoom(type, length, length);
    return newBuffer(type, length);
  }

  private static DataBuffer newBuffer(DataType type, long length) {
    return apart(() -> Nd4j.createBuffer(type, length, false));
  }

  /** An array at the beginning of some memory. */
  public static INDArray on(DataBuffer buffer, DataType type, long[] shape, long... strides) {
    return Nd4j.create(buffer, shape, strides, 0, 'c', type);
  }

  /** A row-major float array of zeros. */
  public static INDArray zeros(long... shape) {
    return full(0, shape);
  }

  /** A row-major float array of one number. */
  public static INDArray full(double number, long... shape) {
    return fill(create(DataType.FLOAT, shape), number);
  }

  /** A row-major float array of these numbers; a vector if no shape is given. */
  public static INDArray of(float[] numbers, long... shape) {
    INDArray array =
        create(DataType.FLOAT, shape.length == 0 ? new long[] {numbers.length} : shape);
    FloatMemory.of(array, "array", numbers.length).write(0, numbers, numbers.length);
    return array;
  }

  /** A vector of these whole numbers, of type INT64. */
  public static INDArray of(long... numbers) {
    return apart(() -> Nd4j.createFromArray(numbers));
  }

  /** A float array without axes. */
  public static INDArray scalar(double number) {
    return scalar(DataType.FLOAT, number);
  }

  /** An array without axes. */
  public static INDArray scalar(DataType type, Number number) {
    return apart(() -> Nd4j.scalar(type, number));
  }

  /** A row-major array of the shape and type of another, with undefined content. */
  public static INDArray like(INDArray array) {
    return create(array.dataType(), array.shape());
  }

  /** A row-major copy of the same type. */
  public static INDArray copy(INDArray array) {
    return apart(() -> array.dup('c'));
  }

  /**
   * Overwrites an array with the elements of another of its shape, converted to its type.
   *
   * @return the array that was written
   */
  public static INDArray copy(INDArray from, INDArray to) {
    return apart(() -> to.assign(from));
  }

  /**
   * Overwrites all elements with a number.
   *
   * @return the array
   */
  public static INDArray fill(INDArray array, double number) {
    return apart(() -> array.assign(number));
  }

  /**
   * Adds the elements of an array to those of another of its shape.
   *
   * @return the array that was written
   */
  public static INDArray add(INDArray from, INDArray to) {
    return apart(() -> to.addi(from));
  }

  /**
   * Multiplies all elements by a number, rounded to the array's type first.
   *
   * @return the array
   */
  public static INDArray scale(INDArray array, double factor) {
    return apart(() -> array.muli(factor));
  }

  /** Subtracts the elements of an array from those of another, which is written. */
  public static INDArray subtract(INDArray from, INDArray to) {
    return apart(() -> to.subi(from));
  }

  /** Divides all elements by a number, in place. */
  public static INDArray divide(INDArray array, double number) {
    return apart(() -> array.divi(number));
  }

  /** A new array of a - b, with ND4J's broadcasting. */
  public static INDArray sub(INDArray a, INDArray b) {
    return apart(() -> a.sub(b));
  }

  /** A new array of a * b, with ND4J's broadcasting. */
  public static INDArray mul(INDArray a, INDArray b) {
    return apart(() -> a.mul(b));
  }

  /** A new array of a / b, with ND4J's broadcasting. */
  public static INDArray div(INDArray a, INDArray b) {
    return apart(() -> a.div(b));
  }

  /** A new array of the roots. */
  public static INDArray sqrt(INDArray array) {
    return apart(() -> Transforms.sqrt(array, true));
  }

  /** A row-major copy as another type. */
  public static INDArray cast(INDArray array, DataType type) {
    return apart(() -> array.castTo(type).dup('c'));
  }

  /** Places of the greatest numbers along axis 1, in row-major order. */
  public static int[] argMax(INDArray array) {
    return apart(() -> array.argMax(1).dup('c').data().asInt());
  }

  /** Mean of all elements. */
  public static double mean(INDArray array) {
    return apart(() -> array.meanNumber().doubleValue());
  }

  /** Arrays of one shape, one after the other along a new first axis. */
  public static INDArray stack(Collection<INDArray> arrays) {
    return apart(() -> Nd4j.stack(0, arrays.toArray(INDArray[]::new)));
  }

  /** Least number. */
  public static double least(INDArray array) {
    return apart(() -> array.minNumber().doubleValue());
  }

  /** Greatest absolute value. */
  public static double largest(INDArray array) {
    return apart(() -> array.amaxNumber().doubleValue());
  }

  /** Sums over some axes, which become one. */
  public static INDArray sum(INDArray array, int... axes) {
    return apart(() -> array.sum(true, axes));
  }

  /** Elements of an array's buffer, from one on, under a shape and strides; no copy. */
  public static INDArray view(INDArray array, long offset, long[] shape, long... strides) {
    return Nd4j.create(array.data(), shape, strides, offset, 'c', array.dataType());
  }

  /** The elements in row-major order under another shape: a view where that is possible. */
  public static INDArray reshape(INDArray array, long... shape) {
    return apart(() -> array.reshape('c', shape));
  }

  /** Runs an operator that has its outputs. */
  public static void exec(CustomOp op) {
    apart(() -> Nd4j.exec(op));
  }

  /** Makes an operator that has its output, and runs it. */
  public static void exec(Supplier<? extends Op> op) {
    apart(() -> Nd4j.getExecutioner().exec(op.get()));
  }
}
