package io.bayes4j.core.internal;

import java.util.function.IntToDoubleFunction;

/** Quantiles of numbers in rising order, linear between neighbours, as NumPy's are. */
public final class Quantiles {
  private Quantiles() {}

  /**
   * The number below which a share of some lie, between two of them by their distance.
   *
   * @param share 0 for the least, 1 for the greatest
   * @param count how many there are, one or more
   * @param rising the numbers by their rank, 0 to count - 1
   */
  public static double of(double share, int count, IntToDoubleFunction rising) {
    double position = share * (count - 1);
    int below = (int) position;
    double low = rising.applyAsDouble(below);
    return position == below
        ? low
        : low + (position - below) * (rising.applyAsDouble(below + 1) - low);
  }
}
