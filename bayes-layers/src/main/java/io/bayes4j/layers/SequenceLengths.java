package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How many steps each sequence of a padded batch has: what a recurrent layer needs in order not to
 * read the padding, as PyTorch's {@code pack_padded_sequence} tells it.
 *
 * <p>A block takes them from what marks the padding in its input, so that they come along into
 * training and prediction:
 *
 * <pre>{@code
 * SequenceLengths lengths = SequenceLengths.beforePadding(words.value(), 0);
 * RecurrentOutput read = lstm.run(embedding.forward(words, pass), lengths, pass);
 * return head.forward(lengths.mean(read.output()), pass);
 * }</pre>
 */
public final class SequenceLengths {
  private final int[] lengths;

  private SequenceLengths(int[] lengths) {
    this.lengths = lengths;
  }

  /**
   * Given lengths, one for each example.
   *
   * @throws IllegalArgumentException if there is none, or one is not above zero
   */
  public static SequenceLengths of(int... lengths) {
    Require.argument(lengths != null && lengths.length > 0, "lengths must not be empty");
    for (int n = 0; n < lengths.length; n++) {
      Require.argument(
          lengths[n] >= 1, "lengths[%d] must be at least 1 step, got %d", n, lengths[n]);
    }
    return new SequenceLengths(lengths.clone());
  }

  /**
   * The lengths of a mask.
   *
   * @param mask [N, T]: of each row ones, or true, where there is a step, and then zeros
   * @throws IllegalArgumentException if it is no such matrix, or a row has no step
   */
  public static SequenceLengths ofMask(INDArray mask) {
    float[] numbers = matrix("mask", mask);
    int steps = Math.toIntExact(mask.size(1));
    int[] lengths = trailing(numbers, steps, 0);
    for (int i = 0; i < numbers.length; i++) {
      boolean inside = i % steps < lengths[i / steps];
      Require.argument(
          numbers[i] == (inside ? 1 : 0),
          "mask must have ones and then zeros in every row, got %s at [%d, %d]",
          numbers[i],
          i / steps,
          i % steps);
    }
    return of(lengths);
  }

  /**
   * The lengths of sequences that are filled up with a number at their ends.
   *
   * @param numbers [N, T], such as numbers of words
   * @param padding what they are filled up with; before the end of a sequence it is a step like
   *     others
   * @throws IllegalArgumentException if it is no matrix, or a row is nothing but padding
   */
  public static SequenceLengths beforePadding(INDArray numbers, double padding) {
    Require.argument(!Double.isNaN(padding), "padding must be a number, got NaN");
    return of(trailing(matrix("numbers", numbers), Math.toIntExact(numbers.size(1)), padding));
  }

  private static float[] matrix(String name, INDArray array) {
    Require.open(array, name);
    Require.argument(
        array.rank() == 2 && !array.isEmpty(),
        "%s must be [N, T], got shape %s",
        name,
        Require.text(array.shape()));
    INDArray floats =
        array.dataType() == DataType.FLOAT ? array : Detached.cast(array, DataType.FLOAT);
    return FloatMemory.numbers(floats, name);
  }

  private static int[] trailing(float[] numbers, int steps, double padding) {
    int[] lengths = new int[numbers.length / steps];
    for (int n = 0; n < lengths.length; n++) {
      int length = steps;
      while (length > 0 && numbers[n * steps + length - 1] == (float) padding) {
        length--;
      }
      lengths[n] = length;
    }
    return lengths;
  }

  /** Number of sequences. */
  public int examples() {
    return lengths.length;
  }

  /** A copy of the lengths. */
  public int[] toArray() {
    return lengths.clone();
  }

  /**
   * Ones where there is no step, [N, T], for {@link AttentionMask#withKeyPadding}.
   *
   * @throws IllegalArgumentException if a sequence is longer than that
   */
  public INDArray padding(long steps) {
    Require.argument(
        steps > 0 && steps <= Integer.MAX_VALUE, "steps must be in [1, 2^31), got %d", steps);
    int count = Math.toIntExact(steps);
    requireSteps(count);
    float[] ones = new float[Math.multiplyExact(lengths.length, count)];
    for (int i = 0; i < ones.length; i++) {
      ones[i] = i % count < lengths[i / count] ? 0 : 1;
    }
    return Detached.of(ones, lengths.length, count);
  }

  /**
   * The last step of each sequence, [N, F]. Of a layer that reads backwards too, its last states
   * say more: at the last step that direction has read one step.
   *
   * @param y [N, T, F]
   * @throws IllegalArgumentException if it does not fit
   */
  public Var last(Var y) {
    return weighed(y, (n, t) -> t == lengths[n] - 1 ? 1 : 0);
  }

  /**
   * The mean over the steps of each sequence, the padding left out, [N, F].
   *
   * @param y [N, T, F]
   * @throws IllegalArgumentException if it does not fit
   */
  public Var mean(Var y) {
    return weighed(y, (n, t) -> t < lengths[n] ? 1.0 / lengths[n] : 0);
  }

  /** The weight of a step. */
  @FunctionalInterface
  private interface Weight {
    double of(int example, int step);
  }

  private Var weighed(Var y, Weight weight) {
    Require.open(y, "y");
    Require.argument(
        y.rank() == 3 && y.size(0) == lengths.length,
        "y must be [%d, T, F], got shape %s",
        lengths.length,
        Require.text(y.shape()));
    int steps = Math.toIntExact(y.size(1));
    requireSteps(steps);
    float[] weights = new float[lengths.length * steps];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) weight.of(i / steps, i % steps);
    }
    INDArray column = Detached.of(weights, lengths.length, steps, 1);
    Var sum = Ops.sum(Ops.mul(y, Var.constant(column)), 1);
    return Ops.reshape(sum, y.size(0), y.size(2));
  }

  private void requireSteps(int steps) {
    for (int n = 0; n < lengths.length; n++) {
      Require.argument(
          lengths[n] <= steps, "lengths[%d] must be in [1, %d], got %d", n, steps, lengths[n]);
    }
  }

  @Override
  public String toString() {
    return "SequenceLengths" + Arrays.toString(lengths);
  }
}
