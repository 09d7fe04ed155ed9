package io.bayes4j.core.ops.recurrent;

import org.jspecify.annotations.Nullable;

/**
 * Loops over the rows of a range of examples, which lie one after the other in heap arrays. They
 * are short enough for the C2 compiler to turn them into vector instructions. Factors may be null,
 * for ones.
 */
final class RowLoops {
  private RowLoops() {}

  /** sum += x. */
  static void add(float[] x, float[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += x[i];
    }
  }

  /** out = a + b. */
  private static void add(float[] a, float[] b, float[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = a[i] + b[i];
    }
  }

  /**
   * factors * x.
   *
   * @param out takes the products if there are factors
   * @return where they are: x itself if there are no factors
   */
  static float[] multiply(float @Nullable [] factors, float[] x, float[] out) {
    if (factors == null) {
      return x;
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = factors[i] * x[i];
    }
    return out;
  }

  /** out = base + factors * x, where out may be the base. */
  static void addProduct(float[] base, float[] factors, float[] x, float[] out) {
    if (factors == null) {
      add(base, x, out);
      return;
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = base[i] + factors[i] * x[i];
    }
  }

  /** Every row of sum += factors * x, where x is one row. */
  static void addToEveryRow(float @Nullable [] factors, float[] x, float[] sum) {
    for (int at = 0; at < sum.length; at += x.length) {
      for (int i = 0; i < x.length; i++) {
        sum[at + i] += factors == null ? x[i] : factors[at + i] * x[i];
      }
    }
  }

  /** Every row of x *= factors, where factors are one row. */
  static void multiplyEveryRow(float[] factors, float[] x) {
    for (int at = 0; at < x.length; at += factors.length) {
      for (int i = 0; i < factors.length; i++) {
        x[at + i] *= factors[i];
      }
    }
  }

  /** Copies rows of all gates to an array of rows for each gate. */
  static void spread(float[] rows, float[][] gates, int units) {
    int width = gates.length * units;
    for (int gate = 0; gate < gates.length; gate++) {
      for (int at = gate * units, to = 0; at < rows.length; at += width, to += units) {
        System.arraycopy(rows, at, gates[gate], to, units);
      }
    }
  }

  /** The reverse of {@link #spread}. */
  static void gather(float[][] gates, int units, float[] rows) {
    int width = gates.length * units;
    for (int gate = 0; gate < gates.length; gate++) {
      for (int at = gate * units, from = 0; at < rows.length; at += width, from += units) {
        System.arraycopy(gates[gate], from, rows, at, units);
      }
    }
  }
}
