package io.bayes4j.core.random;

/** The shuffle of Fisher and Yates. */
final class Permutation {
  private static final long KIND = 0x5065726d75746521L;

  private final Words words;
  private final long[] block = new long[Words.BLOCK];
  private long next;

  private Permutation(Words words) {
    this.words = words;
  }

  static int[] of(int n, long key) {
    Permutation source = new Permutation(new Words(key, KIND));
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = source.below(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /**
   * Returns a uniform number in [0, bound), without bias: Lemire, "Fast random integer generation
   * in an interval", ACM TOMACS 29 (2019).
   */
  private int below(int bound) {
    long product = nextHalf() * bound;
    int rejected = Integer.remainderUnsigned(-bound, bound);
    while (Integer.compareUnsigned((int) product, rejected) < 0) {
      product = nextHalf() * bound;
    }
    return (int) (product >>> 32);
  }

  private long nextHalf() {
    int at = (int) (next % Words.BLOCK);
    if (at == 0) {
      words.fill(block, Words.BLOCK, next);
    }
    next++;
    return block[at] >>> 32;
  }
}
