package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Parallel;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A copy of predictions of shape [samples, batch, width], and their statistics over samples. */
final class Samples {
  /** Numbers whose draws are gathered together. */
  private static final int BLOCK = 32;

  private final float[] values;
  private final int count;
  private final int batch;
  private final int width;

  private Samples(float[] values, INDArray source) {
    this.values = values;
    count = (int) source.size(0);
    batch = (int) source.size(1);
    width = (int) source.size(2);
  }

  /** Copies class probabilities [samples, batch, classes]. */
  static Samples probabilities(INDArray probabilities) {
    List<String> axes = Tensors.SAMPLES_BATCH_CLASSES;
    return new Samples(Tensors.copyProbabilities(probabilities, axes), probabilities);
  }

  /** Copies predictions of numbers [samples, batch, outputs]. */
  static Samples outputs(INDArray outputs, String name, Tensors.Bound bound) {
    return of(outputs, name, Tensors.SAMPLES_BATCH_OUTPUTS, bound);
  }

  /** Copies numbers of three axes. */
  static Samples of(INDArray array, String name, List<String> axes, Tensors.Bound bound) {
    return new Samples(Tensors.copyBounded(array, name, axes, bound), array);
  }

  int count() {
    return count;
  }

  int batch() {
    return batch;
  }

  int width() {
    return width;
  }

  float get(int sample, int example, int column) {
    return values[offset(sample, example) + column];
  }

  /** The column of the largest value of one example in one sample. */
  int argMax(int sample, int example) {
    return Tensors.argMax(width, column -> get(sample, example, column));
  }

  /** The mean over samples, [batch, width] row by row. */
  double[] mean() {
    double[] mean = new double[batch * width];
    Parallel.forRange(
        mean.length,
        Math.max(1, Tensors.CHUNK / count),
        (from, to) -> {
          for (int sample = 0; sample < count; sample++) {
            int offset = offset(sample, 0);
            for (int i = (int) from; i < to; i++) {
              mean[i] += values[offset + i];
            }
          }
        });
    return divided(mean);
  }

  /** The population variance over samples, [batch, width] row by row. */
  double[] variance() {
    double[] mean = mean();
    double[] variance = new double[mean.length];
    for (int sample = 0; sample < count; sample++) {
      int offset = offset(sample, 0);
      for (int i = 0; i < mean.length; i++) {
        double deviation = values[offset + i] - mean[i];
        variance[i] += deviation * deviation;
      }
    }
    return divided(variance);
  }

  /** One [batch, width] table of quantiles over samples for each of the given probabilities. */
  double[][] quantiles(double... probabilities) {
    double[][] quantiles = new double[probabilities.length][batch * width];
    Parallel.forRange(
        (long) batch * width,
        BLOCK,
        (from, to) -> {
          float[][] columns = new float[BLOCK][count];
          for (long first = from; first < to; first += BLOCK) {
            int size = (int) Math.min(BLOCK, to - first);
            sort((int) first, size, columns);
            for (int i = 0; i < size; i++) {
              for (int k = 0; k < probabilities.length; k++) {
                quantiles[k][(int) first + i] = interpolated(columns[i], probabilities[k]);
              }
            }
          }
        });
    return quantiles;
  }

  /** The draws of some neighbouring numbers, each in rising order; neighbours are read together. */
  private void sort(int first, int size, float[][] columns) {
    for (int sample = 0; sample < count; sample++) {
      int offset = offset(sample, 0) + first;
      for (int i = 0; i < size; i++) {
        columns[i][sample] = values[offset + i];
      }
    }
    for (int i = 0; i < size; i++) {
      Arrays.sort(columns[i]);
    }
  }

  /** Adds the entropy of one sample's probabilities to that of each of some examples, in nats. */
  void addEntropies(int sample, int from, int to, double[] entropies) {
    int at = offset(sample, from);
    for (int example = from; example < to; example++) {
      double sum = 0;
      for (int end = at + width; at < end; at++) {
        sum += values[at] * Logarithm.of(values[at]);
      }
      entropies[example] -= sum;
    }
  }

  /** A new float32 array [batch, width]. */
  INDArray table(double[] rows) {
    return Tensors.array(rows, batch, width);
  }

  /** A new float32 array [batch]. */
  INDArray vector(double[] examples) {
    return Tensors.array(examples, batch);
  }

  private static double interpolated(float[] sorted, double probability) {
    double position = probability * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * ((double) sorted[above] - sorted[below]);
  }

  private double[] divided(double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= count;
    }
    return sums;
  }

  private int offset(int sample, int example) {
    return (sample * batch + example) * width;
  }
}
