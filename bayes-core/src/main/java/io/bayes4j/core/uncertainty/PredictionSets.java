package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The classes that a classifier cannot rule out, one set for each example.
 *
 * <p>A set may be empty: no class conforms, the example is like none of those that the limit was
 * fixed on, or the limit is so low that a share of the examples is given up.
 */
public final class PredictionSets {
  private final boolean[][] members;

  PredictionSets(boolean[][] members) {
    this.members = members;
  }

  /** Number of examples. */
  public int count() {
    return members.length;
  }

  /** Number of classes. */
  public int classes() {
    return members[0].length;
  }

  /**
   * Whether a class is in an example's set.
   *
   * @throws IllegalArgumentException if there is no such example or class
   */
  public boolean contains(int example, int label) {
    requireExample(example);
    Require.argument(
        label >= 0 && label < classes(), "label must be in [0, %d), got %d", classes(), label);
    return members[example][label];
  }

  /**
   * The classes of an example's set, in rising order.
   *
   * @throws IllegalArgumentException if there is no such example
   */
  public int[] labels(int example) {
    requireExample(example);
    return IntStream.range(0, classes()).filter(k -> members[example][k]).toArray();
  }

  /** How many classes each set has. */
  public int[] sizes() {
    return IntStream.range(0, count()).map(example -> labels(example).length).toArray();
  }

  /** The mean number of classes in a set: what a guarantee costs. */
  public double meanSize() {
    return Arrays.stream(sizes()).average().orElseThrow();
  }

  /**
   * The share of examples whose set has the true class.
   *
   * @throws IllegalArgumentException if the labels are not one per example and in [0, classes)
   */
  public double coverage(int[] labels) {
    Tensors.checkLabels(labels, count(), classes());
    return IntStream.range(0, count()).filter(i -> members[i][labels[i]]).count()
        / (double) count();
  }

  /**
   * The coverage among the examples of each true class, NaN for a class without examples.
   *
   * @throws IllegalArgumentException if the labels are not one per example and in [0, classes)
   */
  public double[] coverageOfClasses(int[] labels) {
    Tensors.checkLabels(labels, count(), classes());
    double[] covered = new double[classes()];
    double[] all = new double[classes()];
    for (int i = 0; i < labels.length; i++) {
      all[labels[i]]++;
      covered[labels[i]] += members[i][labels[i]] ? 1 : 0;
    }
    for (int k = 0; k < all.length; k++) {
      covered[k] /= all[k];
    }
    return covered;
  }

  private void requireExample(int example) {
    Require.argument(
        example >= 0 && example < count(), "example must be in [0, %d), got %d", count(), example);
  }

  @Override
  public String toString() {
    return "PredictionSets(" + count() + " examples, " + meanSize() + " classes on average)";
  }
}
