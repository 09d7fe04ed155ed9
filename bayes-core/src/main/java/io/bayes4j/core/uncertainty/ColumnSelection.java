package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Quantiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * Quantiles of many columns of as many numbers at once, by a sorting network: the same comparisons
 * whatever the numbers are, each of two rows of many columns, without a branch.
 *
 * <p>The network is Batcher's odd-even merge sort (Knuth, "The Art of Computer Programming", 5.2.2,
 * algorithm M), of which what the asked ranks do not depend on is left out.
 */
final class ColumnSelection {
  /** Numbers of a column up to which a network, n log(n)^2 / 4 comparisons, is worth it. */
  private static final int LONGEST = 1024;

  private final int count;
  private final double[] shares;
  private final List<Exchange> network;

  /**
   * Puts the lesser of two rows' numbers into one and the greater into the other, or does one half
   * of it, where nobody reads the other.
   */
  private record Exchange(int low, int high, boolean lesser, boolean greater) {}

  private ColumnSelection(int count, double[] shares, List<Exchange> network) {
    this.count = count;
    this.shares = shares;
    this.network = network;
  }

  /**
   * Of some numbers to a column.
   *
   * @param shares of the quantiles, in [0, 1]
   */
  static ColumnSelection of(int count, double... shares) {
    BitSet needed = new BitSet(count);
    for (double share : shares) {
      Quantiles.of(
          share,
          count,
          rank -> {
            needed.set(rank);
            return 0;
          });
    }
    List<Exchange> network = count > LONGEST ? List.of() : pruned(sorting(count), needed);
    return new ColumnSelection(count, shares.clone(), network);
  }

  /** All exchanges that sort, as pairs of rows. */
  private static List<int[]> sorting(int count) {
    List<int[]> pairs = new ArrayList<>();
    int top = Integer.highestOneBit(Math.max(1, count - 1));
    for (int p = count < 2 ? 0 : top; p > 0; p >>= 1) {
      int distance = p;
      int bits = 0;
      for (int q = top; q >= p; q >>= 1) {
        for (int i = 0; i < count - distance; i++) {
          if ((i & p) == bits) {
            pairs.add(new int[] {i, i + distance});
          }
        }
        distance = q - p;
        bits = p;
      }
    }
    return pairs;
  }

  private static List<Exchange> pruned(List<int[]> pairs, BitSet needed) {
    List<Exchange> kept = new ArrayList<>();
    for (int i = pairs.size() - 1; i >= 0; i--) {
      int low = pairs.get(i)[0];
      int high = pairs.get(i)[1];
      if (needed.get(low) || needed.get(high)) {
        kept.add(new Exchange(low, high, needed.get(low), needed.get(high)));
        needed.set(low);
        needed.set(high);
      }
    }
    Collections.reverse(kept);
    return kept;
  }

  /**
   * Writes the quantiles of some columns, whose numbers are then in another order.
   *
   * @param rows one number of every column each, none NaN, in arrays that may be longer
   * @param size number of columns
   * @param quantiles a table for each share
   * @param first where the columns' quantiles go in each
   */
  void quantiles(float[][] rows, int size, double[][] quantiles, int first) {
    if (network.isEmpty()) {
      sorted(rows, size, quantiles, first);
      return;
    }
    select(rows, size);
    for (int k = 0; k < shares.length; k++) {
      for (int i = 0; i < size; i++) {
        int column = i;
        quantiles[k][first + i] = Quantiles.of(shares[k], count, rank -> rows[rank][column]);
      }
    }
  }

  /** Puts the numbers of the ranks that are asked for into the rows of these ranks. */
  private void select(float[][] rows, int size) {
    float[] spare = new float[rows[0].length];
    for (Exchange exchange : network) {
      float[] low = rows[exchange.low];
      float[] high = rows[exchange.high];
      if (!exchange.greater) {
        lesser(low, high, low, size);
      } else if (!exchange.lesser) {
        greater(low, high, high, size);
      } else {
        lesser(low, high, spare, size);
        greater(low, high, high, size);
        rows[exchange.low] = spare;
        spare = low;
      }
    }
  }

  private void sorted(float[][] rows, int size, double[][] quantiles, int first) {
    float[] column = new float[count];
    for (int i = 0; i < size; i++) {
      for (int row = 0; row < count; row++) {
        column[row] = rows[row][i];
      }
      Arrays.sort(column);
      for (int k = 0; k < shares.length; k++) {
        quantiles[k][first + i] = Quantiles.of(shares[k], count, rank -> column[rank]);
      }
    }
  }

  // Loops of one output each, which the compiler turns into vector instructions; of whole numbers
  // it would not.
  private static void lesser(float[] a, float[] b, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = Math.min(a[i], b[i]);
    }
  }

  private static void greater(float[] a, float[] b, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = Math.max(a[i], b[i]);
    }
  }
}
