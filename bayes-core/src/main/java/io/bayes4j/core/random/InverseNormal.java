package io.bayes4j.core.random;

/**
 * The inverse of the standard normal distribution function, for random 32-bit words.
 *
 * <p>A word u and its complement map to x and -x. The lower half of the words, m = 1 ... 2^31,
 * stands for the probabilities p = (m - 1/2) / 2^32 below one half. Their octaves [2^k, 2^(k+1))
 * are cut into 16 cells each, and a cubic per cell interpolates the exact inverse. Since the cells
 * shrink with p, the tails are as good as the middle: over all words the result is within 2e-7 *
 * max(1, |x|) of the exact inverse, which is what float arithmetic allows, and no branch is needed.
 * The largest value is 6.34.
 */
final class InverseNormal {
  private static final int CELLS_PER_OCTAVE = 16;
  private static final int OCTAVES = 32;
  private static final int NODES = 4;

  /** Bits of the float 1.0: below them lies the position of a word in its cell. */
  private static final int ONE_BITS = 0x3f800000;

  // Coefficients of PPND16, constant term first. They stand before CUBICS, which is made of them.
  private static final double[] CENTRE_NUMERATOR = {
    3.3871328727963665,
    133.14166789178438,
    1971.5909503065513,
    13731.69376550946,
    45921.95393154987,
    67265.7709270087,
    33430.57558358813,
    2509.0809287301227
  };

  private static final double[] CENTRE_DENOMINATOR = {
    1.0,
    42.31333070160091,
    687.1870074920579,
    5394.196021424751,
    21213.794301586597,
    39307.89580009271,
    28729.085735721943,
    5226.495278852546
  };

  private static final double[] MIDDLE_NUMERATOR = {
    1.4234371107496835,
    4.630337846156546,
    5.769497221460691,
    3.6478483247632045,
    1.2704582524523684,
    0.2417807251774506,
    0.022723844989269184,
    0.0007745450142783414
  };

  private static final double[] MIDDLE_DENOMINATOR = {
    1.0,
    2.053191626637759,
    1.6763848301838038,
    0.6897673349851,
    0.14810397642748008,
    0.015198666563616457,
    0.0005475938084995345,
    1.0507500716444169e-09
  };

  private static final double[] TAIL_NUMERATOR = {
    6.657904643501103,
    5.463784911164114,
    1.7848265399172913,
    0.29656057182850487,
    0.026532189526576124,
    0.0012426609473880784,
    2.7115555687434876e-05,
    2.0103343992922881e-07
  };

  private static final double[] TAIL_DENOMINATOR = {
    1.0,
    0.599832206555888,
    0.1369298809227358,
    0.014875361290850615,
    0.0007868691311456133,
    1.8463183175106545e-05,
    1.421511758316446e-07,
    2.0442631033899397e-15
  };

  /**
   * Four coefficients per cell, constant term first, in the variable 1 + (position in the cell).
   */
  private static final float[] CUBICS = cubics();

  private InverseNormal() {}

  /** Maps the low and the high half of each word to two adjacent normals. */
  static void lookUp(long[] words, int count, float[] out, int offset) {
    float[] cubics = CUBICS;
    for (int i = 0; i < count; i++) {
      long word = words[i];
      out[offset + 2 * i] = of((int) word, cubics);
      out[offset + 2 * i + 1] = of((int) (word >>> 32), cubics);
    }
  }

  /** Returns the normal deviate of one random word. */
  static float of(int word) {
    return of(word, CUBICS);
  }

  private static float of(int word, float[] cubics) {
    int rank = (word ^ (word >> 31)) + 1;
    int octave = Integer.numberOfLeadingZeros(rank);
    // The leading one comes to bit 31, the cell within the octave to bits 30..27.
    int aligned = rank << octave;
    int at = (octave * CELLS_PER_OCTAVE + (aligned >>> 27)) * NODES;
    float t = Float.intBitsToFloat(((aligned >>> 4) & 0x7fffff) | ONE_BITS);
    float x = cubics[at + 3];
    x = Math.fma(x, t, cubics[at + 2]);
    x = Math.fma(x, t, cubics[at + 1]);
    x = Math.fma(x, t, cubics[at]);
    return Float.intBitsToFloat(Float.floatToRawIntBits(x) ^ (word & 0x80000000));
  }

  private static float[] cubics() {
    float[] table = new float[NODES * CELLS_PER_OCTAVE * (OCTAVES + 1)];
    for (int octave = 0; octave < OCTAVES; octave++) {
      for (int cell = 0; cell < CELLS_PER_OCTAVE; cell++) {
        double[] cubic = cubic(Math.scalb(1.0, 31 - octave), cell);
        // `aligned >>> 27` in the look-up carries the leading one, so its cells start at 16.
        int at = ((octave + 1) * CELLS_PER_OCTAVE + cell) * NODES;
        for (int k = 0; k < NODES; k++) {
          table[at + k] = (float) cubic[k];
        }
      }
    }
    return table;
  }

  /** Interpolates the exact inverse at the Chebyshev nodes of a cell; power form by Newton's. */
  private static double[] cubic(double octaveStart, int cell) {
    double[] t = new double[NODES];
    double[] newton = new double[NODES];
    for (int k = 0; k < NODES; k++) {
      double position = 0.5 - 0.5 * StrictMath.cos(Math.PI * (2 * k + 1) / (2 * NODES));
      double rank = octaveStart * (1 + (cell + position) / CELLS_PER_OCTAVE);
      t[k] = 1 + position;
      newton[k] = -exact((rank - 0.5) * 0x1p-32);
    }
    for (int order = 1; order < NODES; order++) {
      for (int k = NODES - 1; k >= order; k--) {
        newton[k] = (newton[k] - newton[k - 1]) / (t[k] - t[k - order]);
      }
    }
    double[] power = new double[NODES];
    for (int k = NODES - 1; k >= 0; k--) {
      for (int i = NODES - 1; i > 0; i--) {
        power[i] = power[i - 1] - t[k] * power[i];
      }
      power[0] = newton[k] - t[k] * power[0];
    }
    return power;
  }

  /**
   * Returns the inverse normal distribution function at p in (0, 1), to about 16 digits.
   *
   * <p>Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied
   * Statistics 37 (1988), routine PPND16.
   */
  static double exact(double p) {
    double q = p - 0.5;
    if (Math.abs(q) <= 0.425) {
      double r = 0.180625 - q * q;
      return q * ratio(r, CENTRE_NUMERATOR, CENTRE_DENOMINATOR);
    }
    double r = Math.sqrt(-StrictMath.log(q < 0 ? p : 1 - p));
    double x =
        r <= 5
            ? ratio(r - 1.6, MIDDLE_NUMERATOR, MIDDLE_DENOMINATOR)
            : ratio(r - 5, TAIL_NUMERATOR, TAIL_DENOMINATOR);
    return Math.copySign(x, q);
  }

  private static double ratio(double r, double[] numerator, double[] denominator) {
    return horner(r, numerator) / horner(r, denominator);
  }

  private static double horner(double r, double[] coefficients) {
    double sum = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      sum = sum * r + coefficients[i];
    }
    return sum;
  }
}
