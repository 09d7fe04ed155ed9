package io.bayes4j.core.corruption;

/**
 * The cosine transform of blocks of 8 x 8 in whole numbers, with the very roundings of libjpeg's
 * "islow": where a rounded frequency is close to a tie, others would give other pictures (Loeffler,
 * Ligtenberg, Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", 1989).
 */
final class BlockCosines {
  private static final int SIZE = 8;

  /** Bits after the point of the constants, and of what the first pass keeps. */
  private static final int CONSTANT = 13;

  private static final int KEPT = 2;

  private BlockCosines() {}

  /** Eight times the frequencies of a block. */
  static int[] forward(int[] block) {
    int[] result = block.clone();
    for (int row = 0; row < SIZE; row++) {
      forward(result, row * SIZE, 1, CONSTANT - KEPT);
    }
    for (int column = 0; column < SIZE; column++) {
      forward(result, column, SIZE, CONSTANT + KEPT);
    }
    return result;
  }

  /** The block of some frequencies. */
  static int[] inverse(int[] frequencies) {
    int[] result = frequencies.clone();
    for (int column = 0; column < SIZE; column++) {
      inverse(result, column, SIZE, CONSTANT - KEPT);
    }
    for (int row = 0; row < SIZE; row++) {
      inverse(result, row * SIZE, 1, CONSTANT + KEPT + 3);
    }
    return result;
  }

  private static void forward(int[] x, int at, int step, int bits) {
    int[] sums = new int[4];
    int[] differences = new int[4];
    for (int i = 0; i < 4; i++) {
      sums[i] = x[at + i * step] + x[at + (7 - i) * step];
      differences[3 - i] = x[at + i * step] - x[at + (7 - i) * step];
    }
    int outer = sums[0] + sums[3];
    int inner = sums[1] + sums[2];
    int outerDifference = sums[0] - sums[3];
    int innerDifference = sums[1] - sums[2];
    x[at] = even(outer + inner, bits);
    x[at + 4 * step] = even(outer - inner, bits);
    int turned = (innerDifference + outerDifference) * 4433;
    x[at + 2 * step] = rounded(turned + outerDifference * 6270, bits);
    x[at + 6 * step] = rounded(turned - innerDifference * 15137, bits);
    int[] odd = odd(differences);
    for (int i = 0; i < 4; i++) {
      x[at + (7 - 2 * i) * step] = rounded(odd[i], bits);
    }
  }

  /** Sums that are not multiplied: the first pass keeps bits, the second gives them back. */
  private static int even(int sum, int bits) {
    return bits < CONSTANT ? sum << KEPT : rounded(sum, KEPT);
  }

  private static void inverse(int[] x, int at, int step, int bits) {
    int second = x[at + 2 * step];
    int sixth = x[at + 6 * step];
    int turned = (second + sixth) * 4433;
    int low = turned - sixth * 15137;
    int high = turned + second * 6270;
    int sum = (x[at] + x[at + 4 * step]) << CONSTANT;
    int difference = (x[at] - x[at + 4 * step]) << CONSTANT;
    int[] even = {sum + high, difference + low, difference - low, sum - high};
    int[] odd = odd(x[at + 7 * step], x[at + 5 * step], x[at + 3 * step], x[at + step]);
    for (int i = 0; i < 4; i++) {
      x[at + i * step] = rounded(even[i] + odd[3 - i], bits);
      x[at + (7 - i) * step] = rounded(even[i] - odd[3 - i], bits);
    }
  }

  /** The rotations of the odd half, which are their own transpose. */
  private static int[] odd(int... t) {
    int all = (t[0] + t[1] + t[2] + t[3]) * 9633;
    int first = -(t[0] + t[3]) * 7373;
    int second = -(t[1] + t[2]) * 20995;
    int third = -(t[0] + t[2]) * 16069 + all;
    int fourth = -(t[1] + t[3]) * 3196 + all;
    return new int[] {
      t[0] * 2446 + first + third,
      t[1] * 16819 + second + fourth,
      t[2] * 25172 + second + third,
      t[3] * 12299 + first + fourth
    };
  }

  private static int rounded(int value, int bits) {
    return (value + (1 << (bits - 1))) >> bits;
  }
}
