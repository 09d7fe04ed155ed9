package io.bayes4j.core.random;

import io.bayes4j.core.internal.FloatBits;

/**
 * A block of random words of 64 bits, whose halves, the low one first, are read as floats of chosen
 * bits: see {@link FloatBits}.
 */
final class RandomFloats {
  /** The most floats that a block gives. */
  static final int MOST = 2 * Words.BLOCK;

  private static final ThreadLocal<RandomFloats> OWN = ThreadLocal.withInitial(RandomFloats::new);

  private static final int SIGN = 0x80000000;
  private static final int FRACTION = 0x007fffff;

  private final long[] words = new long[Words.BLOCK];
  private final long[] bits = new long[Words.BLOCK];
  private final FloatBits floats = FloatBits.own();
  private int count;

  /** The block of this thread. */
  static RandomFloats own() {
    return OWN.get();
  }

  /** Takes words first ... first + count - 1, at most {@link Words#BLOCK}. */
  void take(Words source, long first, int number) {
    source.fill(words, number, first);
    count = number;
  }

  /** Takes given words. */
  void take(long... given) {
    System.arraycopy(given, 0, words, 0, given.length);
    count = given.length;
  }

  /** How many floats the block gives. */
  int size() {
    return 2 * count;
  }

  /** out = 2 to 4, by the upper 23 bits of each half. */
  void upperBits(float[] out) {
    right(words, 9, twice(FRACTION), twice(Float.floatToRawIntBits(2f)), bits, count);
    copy(out);
  }

  /**
   * out = lowest to almost twice that, by the 9 bits of each half that {@link #upperBits} leaves,
   * or the highest of them.
   *
   * @param number how many of the bits to use
   * @param lowest what bits of zero give: a power of two, below whose fraction's used bits others
   *     may be set
   */
  void lowerBits(int number, float lowest, float[] out) {
    int fractions = FRACTION & -(1 << (23 - number));
    left(words, 14, twice(fractions), twice(Float.floatToRawIntBits(lowest)), bits, count);
    copy(out);
  }

  /** out = 1 or -1, by the highest bit of each half. */
  void signs(float[] out) {
    right(words, 0, twice(SIGN), twice(Float.floatToRawIntBits(1f)), bits, count);
    copy(out);
  }

  private static void right(long[] x, int by, long kept, long set, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = ((x[i] >>> by) & kept) | set;
    }
  }

  private static void left(long[] x, int by, long kept, long set, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = ((x[i] << by) & kept) | set;
    }
  }

  private void copy(float[] out) {
    floats.ofPairs(bits, out, count);
  }

  private static long twice(int half) {
    return ((long) half << 32) | (half & 0xffffffffL);
  }
}
