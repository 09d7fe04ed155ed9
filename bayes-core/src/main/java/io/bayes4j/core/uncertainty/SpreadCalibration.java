package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether predicted standard deviations are as large as errors are: examples in order of their
 * predicted deviation, in bins of almost equal numbers, each with the root mean variance that was
 * predicted and the root mean squared error that came (Levi, Gispan, Giladi, Fetaya, "Evaluating
 * and Calibrating Uncertainty Prediction in Regression Tasks", 2022).
 */
public final class SpreadCalibration {
  /** Its square is a normal number, as is that of {@link #GREATEST} summed over any array. */
  private static final double LEAST = 1e-150;

  private static final double GREATEST = 1e150;

  private final List<Bin> bins;

  private SpreadCalibration(List<Bin> bins) {
    this.bins = bins;
  }

  /**
   * Examples of similar predicted deviation.
   *
   * @param count number of examples
   * @param predicted root of the mean predicted variance
   * @param error root of the mean squared error
   */
  public record Bin(int count, double predicted, double error) {}

  /**
   * Bins. Examples of equal deviation that fall into several bins are shared among them on average,
   * each with their mean squared error, so that the order of the examples does not matter. For a
   * set that comes in batches use {@link UncertaintyRanking#spreadCalibration}.
   *
   * @param deviations predicted, of each example, from 1e-150 to 1e150, so that their squares are
   *     numbers
   * @param errors target less prediction, of each example, from -1e150 to 1e150
   * @param bins their number, at most one for each example
   * @throws IllegalArgumentException if lengths differ or are zero, a deviation or an error is out
   *     of range, or bins is not in [1, examples]
   */
  public static SpreadCalibration of(double[] deviations, double[] errors, int bins) {
    requireSuch(deviations, errors, bins);
    int[] order =
        IntStream.range(0, errors.length)
            .boxed()
            .sorted(
                Comparator.comparingDouble((Integer i) -> deviations[i])
                    .thenComparingDouble(i -> Math.abs(errors[i])))
            .mapToInt(i -> i)
            .toArray();
    double[] sorted = Arrays.stream(order).mapToDouble(i -> deviations[i]).toArray();
    double[] squares = Arrays.stream(order).mapToDouble(i -> errors[i] * errors[i]).toArray();
    shareAmongEquals(sorted, squares);
    List<Bin> all = new ArrayList<>();
    for (int bin = 0; bin < bins; bin++) {
      int from = (int) ((long) order.length * bin / bins);
      int to = (int) ((long) order.length * (bin + 1) / bins);
      all.add(bin(sorted, squares, from, to));
    }
    return new SpreadCalibration(List.copyOf(all));
  }

  private static void requireSuch(double[] deviations, double[] errors, int bins) {
    Require.nonNull(deviations, "deviations");
    Require.nonNull(errors, "errors");
    Require.argument(
        deviations.length == errors.length && errors.length > 0,
        "errors must be as many as deviations, and one at least, got %d and %d",
        errors.length,
        deviations.length);
    Require.argument(
        bins >= 1 && bins <= errors.length, "bins must be in [1, %d], got %d", errors.length, bins);
    for (int i = 0; i < errors.length; i++) {
      Require.argument(
          deviations[i] >= LEAST && deviations[i] <= GREATEST,
          "deviations[%d] must be in [%s, %s], got %s",
          i,
          LEAST,
          GREATEST,
          deviations[i]);
      Require.argument(
          Math.abs(errors[i]) <= GREATEST,
          "errors[%d] must be in [-%s, %s], got %s",
          i,
          GREATEST,
          GREATEST,
          errors[i]);
    }
  }

  /** Gives those of equal deviation the mean of their squares. */
  private static void shareAmongEquals(double[] deviations, double[] squares) {
    int start = 0;
    while (start < squares.length) {
      int end = start + 1;
      while (end < squares.length && deviations[end] == deviations[start]) {
        end++;
      }
      if (end > start + 1) {
        double mean = 0;
        for (int i = start; i < end; i++) {
          mean += squares[i] / (end - start);
        }
        Arrays.fill(squares, start, end, mean);
      }
      start = end;
    }
  }

  private static Bin bin(double[] deviations, double[] squares, int from, int to) {
    double variance = 0;
    double square = 0;
    for (int i = from; i < to; i++) {
      variance += deviations[i] * deviations[i] / (to - from);
      square += squares[i] / (to - from);
    }
    return new Bin(to - from, Math.sqrt(variance), Math.sqrt(square));
  }

  /** The bins, the smallest deviations first: a straight line where spreads are honest. */
  public List<Bin> bins() {
    return bins;
  }

  /**
   * Expected normalized calibration error (ENCE): mean over the bins of |predicted - error| over
   * predicted. 0 is best; it has no upper limit.
   */
  public double ence() {
    return bins.stream()
        .mapToDouble(bin -> Math.abs(bin.predicted - bin.error) / bin.predicted)
        .average()
        .orElseThrow();
  }
}
