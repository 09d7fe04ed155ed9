package io.bayes4j.core.uncertainty;

import java.util.Arrays;
import java.util.Comparator;

/** A growing list of examples, each with the same number of numbers. */
final class ScoredExamples {
  private final int width;
  private double[] values = new double[0];
  private int count;

  ScoredExamples(int width) {
    this.width = width;
  }

  int count() {
    return count;
  }

  /** Adds an example. */
  void add(double... numbers) {
    if ((count + 1L) * width > values.length) {
      values = Arrays.copyOf(values, Math.max(16 * width, Math.multiplyExact(2, values.length)));
    }
    System.arraycopy(numbers, 0, values, count * width, width);
    count++;
  }

  void add(ScoredExamples others) {
    // The other may be this one.
    int more = others.count;
    for (int i = 0; i < more; i++) {
      add(Arrays.copyOfRange(others.values, i * width, (i + 1) * width));
    }
  }

  double get(int example, int column) {
    return values[example * width + column];
  }

  /** One number of all examples. */
  double[] column(int column) {
    double[] all = new double[count];
    Arrays.setAll(all, i -> get(i, column));
    return all;
  }

  /** The examples in rising order of their first number, of equals of the second, and so on. */
  int[] order() {
    Integer[] order = new Integer[count];
    Arrays.setAll(order, i -> i);
    Comparator<Integer> comparator = Comparator.comparingDouble(i -> get(i, 0));
    for (int column = 1; column < width; column++) {
      int next = column;
      comparator = comparator.thenComparingDouble(i -> get(i, next));
    }
    Arrays.sort(order, comparator);
    return Arrays.stream(order).mapToInt(i -> i).toArray();
  }
}
