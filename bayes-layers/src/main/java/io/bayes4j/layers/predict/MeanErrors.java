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
  private final double[] means;
  private final double[] squares;
  private int draws;

  /**
   * Of no draws yet.
   *
   * @param examples number of examples
   * @param numbers how many an example has
   * @param counted how many of them count, from the first on
   */
  MeanErrors(long examples, long numbers, long counted) {
    this.numbers = Math.toIntExact(numbers);
    this.counted = Math.toIntExact(counted);
    this.means = new double[Math.toIntExact(Math.multiplyExact(examples, counted))];
    this.squares = new double[means.length];
  }

  /** The standard error of each mean over axis 0 of [samples, ...], in the shape of the rest. */
  static INDArray of(INDArray all) {
    long[] shape = Arrays.copyOfRange(all.shape(), 1, all.rank());
    long each = all.length() / all.size(0);
    MeanErrors errors = new MeanErrors(1, each, each);
    errors.add(all);
    float[] floats = new float[errors.squares.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) errors.error(i);
    }
    return Detached.of(floats, shape);
  }

  /** Takes further draws [samples, N, ...], row-major. */
  void add(INDArray all) {
    FloatMemory memory = FloatMemory.reading(all, "draws");
    int examples = means.length / Math.max(1, counted);
    float[] row = new float[numbers];
    for (int s = 0; s < all.size(0); s++) {
      draws++;
      for (int n = 0; n < examples; n++) {
        memory.read(((long) s * examples + n) * numbers, row, numbers);
        for (int k = 0; k < counted; k++) {
          int i = n * counted + k;
          double off = row[k] - means[i];
          means[i] += off / draws;
          squares[i] += off * (row[k] - means[i]);
        }
      }
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
