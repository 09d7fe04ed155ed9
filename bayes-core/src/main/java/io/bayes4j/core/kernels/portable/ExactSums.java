package io.bayes4j.core.kernels.portable;

import java.util.Arrays;

/**
 * Sums of products of 8-bit numbers, exact, in loops of floats that the C2 compiler turns into
 * vector instructions.
 *
 * <p>C2 of JDK 17 has no vector instruction for bytes times bytes, and the one for 32-bit integers
 * is slow. A float holds every whole number up to 2^24, so that {@value #TERMS} products of at most
 * 255 * 128 add up in floats without any rounding, in whatever order; longer sums are made of such
 * pieces, added as integers.
 *
 * <p>It finds vectors only in loops that write a single array and read all arrays at the same
 * index. Hence columns are arrays of their own, and units are added one by one. A few columns at a
 * time are read by all units, so that they stay in a core's first cache.
 */
final class ExactSums {
  /** Products whose sum a float holds exactly: 512 * 255 * 128 is below 2^24. */
  static final int TERMS = 512;

  /** Columns that are added to one unit after another. */
  private static final int COLUMNS = 8;

  /** Sums of so many units at a time stay in the second cache. */
  private static final int UNITS = 128;

  private final float[] weights;
  private final int terms;
  private final float[][] columns;
  private final float[][] sums;
  private final int[][] whole;

  /**
   * Sums for a number of columns at a time.
   *
   * @param weights whole numbers, a row of so many terms for each unit
   * @param width the most numbers of a column
   * @param units the most at a time
   */
  ExactSums(float[] weights, int terms, int width, int units) {
    this.weights = weights;
    this.terms = terms;
    int most = Math.min(units, UNITS);
    this.columns = new float[Math.min(terms, COLUMNS)][width];
    this.sums = new float[most][width];
    this.whole = terms > TERMS ? new int[most][width] : new int[0][];
  }

  /** What the weights are multiplied with. */
  interface Columns {
    /** Fills columns of some terms, as whole numbers. */
    void fill(int fromTerm, int toTerm, float[][] columns);
  }

  /** Takes the sums of a unit. */
  interface Sink {
    /** The n sums, which a float holds exactly, to be overwritten if the sink likes. */
    void floats(int unit, float[] sums, int n);

    /** The n sums. */
    void ints(int unit, int[] sums, int n);
  }

  /**
   * Hands the sums of some units to a sink.
   *
   * @param n numbers of each column
   */
  void run(Columns source, int n, int fromUnit, int toUnit, Sink sink) {
    for (int from = fromUnit; from < toUnit; from += sums.length) {
      int to = Math.min(toUnit, from + sums.length);
      for (int unit = from; unit < to; unit++) {
        if (terms <= TERMS) {
          Arrays.fill(sums[unit - from], 0, n, 0);
        } else {
          Arrays.fill(whole[unit - from], 0, n, 0);
        }
      }
      if (terms <= TERMS) {
        addAll(source, 0, terms, n, from, to);
      } else {
        addPieces(source, n, from, to);
      }
      for (int unit = from; unit < to; unit++) {
        if (terms <= TERMS) {
          sink.floats(unit, sums[unit - from], n);
        } else {
          sink.ints(unit, whole[unit - from], n);
        }
      }
    }
  }

  private void addPieces(Columns source, int n, int fromUnit, int toUnit) {
    for (int from = 0; from < terms; from += TERMS) {
      for (int unit = 0; unit < toUnit - fromUnit; unit++) {
        Arrays.fill(sums[unit], 0, n, 0);
      }
      addAll(source, from, Math.min(terms, from + TERMS), n, fromUnit, toUnit);
      for (int unit = 0; unit < toUnit - fromUnit; unit++) {
        add(whole[unit], sums[unit], n);
      }
    }
  }

  private static void add(int[] whole, float[] sums, int n) {
    for (int i = 0; i < n; i++) {
      whole[i] += (int) sums[i];
    }
  }

  /** Adds the products of some terms to the sums. */
  private void addAll(Columns source, int from, int to, int n, int fromUnit, int toUnit) {
    for (int first = from; first < to; first += columns.length) {
      int count = Math.min(columns.length, to - first);
      source.fill(first, first + count, columns);
      for (int unit = fromUnit; unit < toUnit; unit++) {
        addSome(count, unit * terms + first, sums[unit - fromUnit], n);
      }
    }
  }

  /** Adds the products of the first columns to the sums of a unit, four at a time. */
  private void addSome(int count, int at, float[] unitSums, int n) {
    float[] w = weights;
    float[][] c = columns;
    int k = 0;
    for (; k + 4 <= count; k += 4) {
      float b = w[at + k + 1];
      float d = w[at + k + 3];
      addFour(unitSums, c[k], w[at + k], c[k + 1], b, c[k + 2], w[at + k + 2], c[k + 3], d, n);
    }
    if (k < count) {
      float b = k + 1 < count ? w[at + k + 1] : 0;
      float d = k + 2 < count ? w[at + k + 2] : 0;
      float[] next = c[Math.min(k + 1, count - 1)];
      float[] last = c[count - 1];
      addFour(unitSums, c[k], w[at + k], next, b, last, d, last, 0, n);
    }
  }

  private static void addFour(
      float[] sums,
      float[] p,
      float a,
      float[] q,
      float b,
      float[] r,
      float c,
      float[] s,
      float d,
      int n) {
    for (int i = 0; i < n; i++) {
      sums[i] = Math.fma(a, p[i], Math.fma(b, q[i], Math.fma(c, r[i], Math.fma(d, s[i], sums[i]))));
    }
  }
}
