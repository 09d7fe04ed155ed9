package io.bayes4j.core.internal;

import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.javacpp.ShortPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Says whether elements of a FLOAT or BFLOAT16 array are finite, as fast as they can be read: for
 * activations, which every pass has to look through. {@link Finite} tells where the first one is
 * that is not.
 *
 * <p>Several threads may ask at once. Elements are counted in the order in which they lie in
 * memory.
 */
public final class FiniteScan {
  /** Integers that are looked at together. */
  private static final int CHUNK = 2048;

  /** Bits of the exponent, all set in NaN and infinity alone. */
  private static final int EXPONENT = 0x7f800000;

  /** Added to an exponent, sets the sign if all its bits are set. */
  private static final int LAST_BIT = 0x00800000;

  private static final int HALF = 16;

  /** Keeps the native memory alive, which the buffer does not: hence the fences. */
  private final INDArray array;

  private final IntBuffer integers;
  private final boolean pairs;

  private FiniteScan(INDArray array) {
    this.array = array;
    this.integers = array.data().asNio().order(ByteOrder.nativeOrder()).asIntBuffer();
    this.pairs = array.dataType() == DataType.BFLOAT16;
  }

  /**
   * Looks through an array.
   *
   * @param array whose elements the caller knows to be adjacent, in whatever order
   * @throws IllegalArgumentException if it is of another type
   */
  public static FiniteScan of(INDArray array) {
    Require.argument(
        array.dataType() == DataType.FLOAT || array.dataType() == DataType.BFLOAT16,
        "array must be of type FLOAT or BFLOAT16, got %s",
        array.dataType());
    return new FiniteScan(array);
  }

  /** Whether all elements are finite. */
  public boolean all() {
    AtomicBoolean finite = new AtomicBoolean(true);
    Parallel.forRange(
        array.length(),
        Scratch.SIZE,
        (from, to) -> {
          if (!all(from, to)) {
            finite.set(false);
          }
        });
    return finite.get();
  }

  /** Whether the elements from ... to - 1 are finite. */
  public boolean all(long from, long to) {
    return pairs ? pairs(array.offset() + from, array.offset() + to) : floats(from, to);
  }

  private boolean floats(long from, long to) {
    return chunks(array.offset() + from, array.offset() + to);
  }

  /** Elements that fill no integer are looked at one by one. */
  private boolean pairs(long from, long to) {
    long first = (from + 1) / 2;
    long end = Math.max(first, to / 2);
    return (2 * first == from || isFinite(from))
        && (2 * end >= to || isFinite(to - 1))
        && chunks(first, end);
  }

  private boolean isFinite(long at) {
    try {
      // The buffer that ND4J hands out lacks the last element of an odd number of them.
      short half = new ShortPointer(array.data().addressPointer()).get(at - array.offset());
      return (half << HALF & EXPONENT) != EXPONENT;
    } finally {
      Reference.reachabilityFence(array);
    }
  }

  private boolean chunks(long from, long to) {
    int longest = (int) Math.min(CHUNK, to - from);
    int[] chunk = new int[longest];
    int[] signs = new int[longest];
    try {
      for (long at = from; at < to; at += longest) {
        int n = (int) Math.min(longest, to - at);
        integers.get((int) at, chunk, 0, n);
        mark(chunk, signs, n);
        if (pairs) {
          markHalves(chunk, signs, n);
        }
      }
    } finally {
      Reference.reachabilityFence(array);
    }
    int any = 0;
    for (int sign : signs) {
      any |= sign;
    }
    return any >= 0;
  }

  // The loops that follow are plain enough for the JVM to make vector instructions of them.

  private static void mark(int[] chunk, int[] signs, int n) {
    for (int i = 0; i < n; i++) {
      signs[i] |= (chunk[i] & EXPONENT) + LAST_BIT;
    }
  }

  private static void markHalves(int[] chunk, int[] signs, int n) {
    for (int i = 0; i < n; i++) {
      signs[i] |= (chunk[i] << HALF & EXPONENT) + LAST_BIT;
    }
  }
}
