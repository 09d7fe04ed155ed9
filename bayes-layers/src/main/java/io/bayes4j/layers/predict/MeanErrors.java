package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Monte-Carlo standard errors of means over draws that come one after the other (Welford 1962, so
 * that a large mean does not swallow a small spread).
 */
final class MeanErrors {
  private final int numbers;
  private final int counted;
  private final int together;
  private final double[] means;
  private final double[] squares;

  /** Independent ones: draws, or the means of those that depend on each other. */
  private int draws;

  /**
   * Of no draws yet.
   *
   * @param examples number of examples
   * @param numbers how many an example has
   * @param counted how many of them count, from the first on
   * @param together how many draws in a row depend on each other
   */
  MeanErrors(long examples, long numbers, long counted, int together) {
    this.numbers = Math.toIntExact(numbers);
    this.counted = Math.toIntExact(counted);
    this.together = together;
    this.means = new double[Math.toIntExact(Math.multiplyExact(examples, counted))];
    this.squares = new double[means.length];
  }

  /**
   * The standard error of each mean over axis 0 of [samples, ...], in the shape of the rest.
   *
   * @param together how many draws in a row depend on each other
   */
  static INDArray of(INDArray all, int together) {
    long[] shape = Arrays.copyOfRange(all.shape(), 1, all.rank());
    long each = all.length() / all.size(0);
    MeanErrors errors = new MeanErrors(1, each, each, together);
    errors.add(all);
    float[] floats = new float[errors.squares.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) errors.error(i);
    }
    return Detached.of(floats, shape);
  }

  /** Takes further draws [samples, N, ...], row-major, none of them without those it depends on. */
  void add(INDArray all) {
    FloatMemory memory = FloatMemory.reading(all, "draws");
    int examples = means.length / Math.max(1, counted);
    float[] row = new float[numbers];
    double[] mean = new double[counted];
    for (int first = 0; first < all.size(0); first += together) {
      draws++;
      for (int n = 0; n < examples; n++) {
        Arrays.fill(mean, 0);
        for (int s = first; s < first + together; s++) {
          memory.read(((long) s * examples + n) * numbers, row, numbers);
          for (int k = 0; k < counted; k++) {
            mean[k] += row[k] / (double) together;
          }
        }
        take(n, mean);
      }
    }
  }

  private void take(int example, double... values) {
    for (int k = 0; k < counted; k++) {
      int i = example * counted + k;
      double off = values[k] - means[i];
      means[i] += off / draws;
      squares[i] += off * (values[k] - means[i]);
    }
  }

  private double error(int i) {
    return Math.sqrt(squares[i] / (draws - 1.0) / draws);
  }

  /** The greatest standard error of a mean; NaN counts as above all. */
  double greatest() {
    double greatest = 0;
    for (int i = 0; i < squares.length; i++) {
      double error = error(i);
      greatest = error <= greatest ? greatest : error;
      if (Double.isNaN(greatest)) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return greatest;
  }
}
