package io.bayes4j.core.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/**
 * The bits of whole arrays of floats, at the speed of copies.
 *
 * <p>C2 of JDK 17 turns neither {@link Float#intBitsToFloat} and its inverse nor a conversion
 * between int and float into vector instructions, but it does so with loops over the bits as such,
 * once they are in an array of ints or longs. An instance serves one thread, and arrays of up to
 * {@link Scratch#SIZE} floats.
 */
public final class FloatBits {
  private static final ThreadLocal<FloatBits> OWN = ThreadLocal.withInitial(FloatBits::new);

  /** 1.5 * 2^23: from here on, adding one to the bits of a float adds one to the float. */
  private static final float WHOLE = 12582912f;

  private static final int WHOLE_BITS = Float.floatToRawIntBits(WHOLE);

  /** The bits of the square root of one half: mantissas lie from there to the root of two. */
  private static final int ROOT_HALF_BITS = 0x3f3504f3;

  private final int[] bits = new int[Scratch.SIZE];
  private final int[] exponents = new int[Scratch.SIZE];
  private final FloatBuffer floats;
  private final IntBuffer ints;
  private final LongBuffer longs;

  private FloatBits() {
    // In this order the low half of a long is the first of its floats on every machine.
    ByteBuffer memory =
        ByteBuffer.allocateDirect(Scratch.SIZE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    this.floats = memory.asFloatBuffer();
    this.ints = memory.asIntBuffer();
    this.longs = memory.asLongBuffer();
  }

  /** The instance of this thread. */
  public static FloatBits own() {
    return OWN.get();
  }

  /** Writes the 2 n floats whose bits are the low and the high halves of n longs. */
  public void ofPairs(long[] pairs, float[] out, int n) {
    longs.put(0, pairs, 0, n);
    floats.get(0, out, 0, 2 * n);
  }

  /**
   * Splits each x into 2^exponent * mantissa, the mantissa between the roots of one half and two.
   *
   * @param x normal floats above zero
   * @param mantissa may be x
   */
  public void split(float[] x, float[] exponent, float[] mantissa, int n) {
    floats.put(0, x, 0, n);
    ints.get(0, bits, 0, n);
    exponents(bits, exponents, n);
    mantissas(exponents, bits, n);
    ints.put(0, bits, 0, n);
    floats.get(0, mantissa, 0, n);
    ints.put(0, exponents, 0, n);
    floats.get(0, exponent, 0, n);
    subtract(exponent, WHOLE, n);
  }

  private static void exponents(int[] bits, int[] k, int n) {
    for (int i = 0; i < n; i++) {
      k[i] = (bits[i] - ROOT_HALF_BITS) >> 23;
    }
  }

  /** Takes the exponents k off the bits, and makes k the bits of the float WHOLE + k. */
  private static void mantissas(int[] k, int[] bits, int n) {
    for (int i = 0; i < n; i++) {
      bits[i] -= k[i] << 23;
    }
    for (int i = 0; i < n; i++) {
      k[i] += WHOLE_BITS;
    }
  }

  private static void subtract(float[] x, float y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] -= y;
    }
  }
}
