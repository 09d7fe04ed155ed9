package io.bayes4j.onednn;

import java.util.Arrays;

/** What sums of each unit are multiplied by, as a part of keys; its hash is computed once. */
final class Factors {
  /** To keep sums as they are. */
  static final Factors NONE = new Factors();

  private final float[] values;
  private final int hash;

  /**
   * Factors of units.
   *
   * @param values not copied
   */
  Factors(float... values) {
    this.values = values;
    this.hash = Arrays.hashCode(values);
  }

  boolean isEmpty() {
    return values.length == 0;
  }

  float[] values() {
    return values;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Factors factors && Arrays.equals(values, factors.values);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return values.length + " factors";
  }
}
