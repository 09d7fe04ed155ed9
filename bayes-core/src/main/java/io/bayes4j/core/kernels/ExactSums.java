package io.bayes4j.core.kernels;

import java.util.Arrays;

/**
 * Sums of products of 8-bit numbers, exact, in loops of floats that the C2 compiler turns into
 * vector instructions.
 *
 * <p>C2 of JDK 17 has no vector instruction for bytes times bytes, and the one for 32-bit integers
 * is slow. A float holds every whole number up to 2^24, so that {@value #TERMS} products of at most
 * 255 * 128 add up in floats without any rounding, in whatever order; longer sums are made of such
 * pieces, added as integers.
 */
final class ExactSums {
  /** Products whose sum a float holds exactly: 512 * 255 * 128 is below 2^24. */
  static final int TERMS = 512;

  private final float[] weights;
  private final int terms;
  private final int width;
  private final float[] first;
  private final float[] second;
  private final int[] whole;

  /**
   * Sums for a number of columns at a time.
   *
   * @param weights whole numbers, a row of so many terms for each unit
   * @param width the most columns
   */
  ExactSums(float[] weights, int terms, int width) {
    this.weights = weights;
    this.terms = terms;
    this.width = width;
    this.first = new float[width];
    this.second = new float[width];
    this.whole = new int[terms > TERMS ? 2 * width : 0];
  }

  /** Takes the sums of a unit. */
  interface Sink {
    /** The sums, which a float holds exactly, to be overwritten if the sink likes. */
    void floats(int unit, float[] sums, int n);

    /** The n sums from an index on. */
    void ints(int unit, int[] sums, int at, int n);
  }

  /**
   * Hands the sums of some units to a sink.
   *
   * @param columns term by term, each with n numbers at the distance of the width
   */
  void run(float[] columns, int n, int fromUnit, int toUnit, Sink sink) {
    for (int unit = fromUnit; unit < toUnit; unit += 2) {
      boolean two = unit + 1 < toUnit;
      if (terms <= TERMS) {
        sums(columns, n, unit, two, 0, terms);
        sink.floats(unit, first, n);
        if (two) {
          sink.floats(unit + 1, second, n);
        }
      } else {
        longSums(columns, n, unit, two);
        sink.ints(unit, whole, 0, n);
        if (two) {
          sink.ints(unit + 1, whole, width, n);
        }
      }
    }
  }

  private void longSums(float[] columns, int n, int unit, boolean two) {
    Arrays.fill(whole, 0);
    for (int from = 0; from < terms; from += TERMS) {
      sums(columns, n, unit, two, from, Math.min(terms, from + TERMS));
      for (int i = 0; i < n; i++) {
        whole[i] += (int) first[i];
        whole[width + i] += (int) second[i];
      }
    }
  }

  private void sums(float[] columns, int n, int unit, boolean two, int from, int to) {
    Arrays.fill(first, 0, n, 0);
    Arrays.fill(second, 0, n, 0);
    int row = unit * terms;
    int next = two ? row + terms : row;
    int k = from;
    for (; k + 4 <= to; k += 4) {
      addFour(columns, k * width, row + k, next + k, n);
    }
    for (; k < to; k++) {
      addOne(columns, k * width, weights[row + k], weights[next + k], n);
    }
  }

  private void addFour(float[] columns, int at, int row, int next, int n) {
    float[] sums = first;
    float[] others = second;
    float a = weights[row];
    float b = weights[row + 1];
    float c = weights[row + 2];
    float d = weights[row + 3];
    float e = weights[next];
    float f = weights[next + 1];
    float g = weights[next + 2];
    float h = weights[next + 3];
    int at1 = at + width;
    int at2 = at1 + width;
    int at3 = at2 + width;
    for (int i = 0; i < n; i++) {
      float p = columns[at + i];
      float q = columns[at1 + i];
      float r = columns[at2 + i];
      float s = columns[at3 + i];
      sums[i] += a * p + b * q + c * r + d * s;
      others[i] += e * p + f * q + g * r + h * s;
    }
  }

  private void addOne(float[] columns, int at, float a, float b, int n) {
    float[] sums = first;
    float[] others = second;
    for (int i = 0; i < n; i++) {
      sums[i] += a * columns[at + i];
      others[i] += b * columns[at + i];
    }
  }
}
