package io.bayes4j.core.random;

/**
 * An endless sequence of random 64-bit words, any of which can be computed on its own.
 *
 * <p>Word i is the SplitMix64 finalizer of start + i * GAMMA, with a second key mixed in half-way:
 * without it, two sequences whose starts differ by a multiple of GAMMA would be shifted copies.
 */
final class Words {
  /** 2^64 divided by the golden ratio, the increment of SplitMix64. */
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  /** The most words one call of {@link #fill} gives. */
  static final int BLOCK = 1024;

  /**
   * Multiples of GAMMA. C2 turns a loop into vector instructions only if the loop index is not used
   * as a number.
   */
  private static final long[] STEPS = steps();

  private final long start;
  private final long twist;

  /** Makes the sequence of one kind of number of one noise stream. */
  Words(long key, long kind) {
    this.start = combine(key, kind);
    this.twist = combine(start, kind);
  }

  /** Writes words first ... first + count - 1. */
  void fill(long[] out, int count, long first) {
    long[] steps = STEPS;
    long base = start + first * GAMMA;
    long second = twist;
    for (int i = 0; i < count; i++) {
      long z = steps[i] + base;
      z = ((z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L) ^ second;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      out[i] = z ^ (z >>> 31);
    }
  }

  /** Returns a word that every bit of both arguments changes, in an order-dependent way. */
  static long combine(long key, long id) {
    return mix(key ^ mix(id + GAMMA));
  }

  /** The finalizer of SplitMix64: a bijection in which every input bit changes half the output. */
  private static long mix(long word) {
    long z = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private static long[] steps() {
    long[] steps = new long[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      steps[i] = i * GAMMA;
    }
    return steps;
  }
}
