package io.bayes4j.layers;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Averages over batches of the mean and the variance of each channel, at zero and one in the
 * beginning. The variance is the unbiased one, as PyTorch's is.
 */
final class RunningStatistics {
  private static final INDArray ONE = Detached.scalar(DataType.INT64, 1);

  private final OptionalDouble momentum;
  private final INDArray mean;
  private final INDArray variance;

  /** Number of batches averaged, which a cumulative average alone depends on. */
  private final INDArray batches = Detached.scalar(DataType.INT64, 0);

  private boolean renewing;

  /** Examples seen since the renewal began. */
  private long examples;

  /**
   * Makes them.
   *
   * @param momentum share of the newest batch; empty for a cumulative average
   */
  RunningStatistics(long channels, OptionalDouble momentum) {
    this.momentum = momentum;
    this.mean = Detached.zeros(channels);
    this.variance = Detached.full(1, channels);
  }

  INDArray mean() {
    return mean;
  }

  INDArray variance() {
    return variance;
  }

  /** All that has to be saved, by PyTorch's names. */
  Map<String, INDArray> byName() {
    Map<String, INDArray> all = new LinkedHashMap<>();
    all.put("running_mean", mean);
    all.put("running_var", variance);
    if (momentum.isEmpty()) {
      all.put("num_batches_tracked", batches);
    }
    return all;
  }

  /** From here on, the averages are of the following batches alone, weighted by their examples. */
  void beginRenewal() {
    Detached.fill(batches, 0);
    examples = 0;
    renewing = true;
  }

  /** The averages follow training again. */
  void endRenewal() {
    renewing = false;
  }

  /** The statistics of a batch, copied, to be taken in later. */
  final class Newest {
    private final long size;
    private final double unbiased;
    private final float[] mean;
    private final float[] variance;

    private Newest(long size, double unbiased, float[] mean, float[] variance) {
      this.size = size;
      this.unbiased = unbiased;
      this.mean = mean;
      this.variance = variance;
    }

    /** Takes the batch in. */
    void add() {
      Detached.add(ONE, batches);
      examples += size;
      double share = share(size);
      blend(RunningStatistics.this.mean, mean, share, 1);
      blend(RunningStatistics.this.variance, variance, share, unbiased);
    }
  }

  /**
   * Looks at the statistics of a batch, and changes nothing yet.
   *
   * @param place what messages call the layer
   * @param size examples in the batch
   * @param perChannel elements that each mean is of, more than one
   * @param batchMean [C]
   * @param batchVariance population variances [C]
   * @throws ArithmeticException if one would not be finite as a float
   */
  Newest read(
      String place, long size, long perChannel, INDArray batchMean, INDArray batchVariance) {
    double unbiased = perChannel / (perChannel - 1.0);
    return new Newest(
        size,
        unbiased,
        finite(place + "running_mean", batchMean, 1),
        finite(place + "running_var", batchVariance, unbiased));
  }

  private static float[] finite(String name, INDArray batch, double factor) {
    float[] numbers = FloatMemory.numbers(batch, "batch");
    for (int i = 0; i < numbers.length; i++) {
      float number = (float) (factor * numbers[i]);
      if (!Float.isFinite(number)) {
        throw new ArithmeticException(
            String.format(
                Locale.US,
                "%s would not be finite: that of the batch is %s in channel %d; are the inputs of"
                    + " this layer too large?",
                name,
                number,
                i));
      }
    }
    return numbers;
  }

  private double share(long size) {
    return renewing ? size / (double) examples : momentum.orElse(1.0 / batches.getLong(0));
  }

  private static void blend(INDArray running, float[] newest, double share, double factor) {
    FloatMemory target = FloatMemory.of(running, "running");
    float[] values = new float[newest.length];
    target.read(0, values, values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((1 - share) * values[i] + share * factor * newest[i]);
    }
    target.write(0, values, values.length);
  }
}
