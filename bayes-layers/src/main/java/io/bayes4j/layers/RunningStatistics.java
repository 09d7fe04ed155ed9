package io.bayes4j.layers;

import io.bayes4j.core.internal.FloatMemory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Averages over batches of the mean and the variance of each channel, at zero and one in the
 * beginning. The variance is the unbiased one, as PyTorch's is.
 */
final class RunningStatistics {
  private final OptionalDouble momentum;
  private final INDArray mean;
  private final INDArray variance;

  /** Number of batches averaged, which a cumulative average alone depends on. */
  private final INDArray batches = Nd4j.scalar(DataType.INT64, 0);

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
    this.mean = Nd4j.zeros(DataType.FLOAT, channels);
    this.variance = Nd4j.ones(DataType.FLOAT, channels);
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
    batches.assign(0);
    examples = 0;
    renewing = true;
  }

  /** The averages follow training again. */
  void endRenewal() {
    renewing = false;
  }

  /**
   * Takes in a batch.
   *
   * @param size examples in the batch
   * @param perChannel elements that each mean is of, more than one
   * @param batchMean [C]
   * @param batchVariance population variances [C]
   */
  void add(long size, long perChannel, INDArray batchMean, INDArray batchVariance) {
    batches.addi(1);
    examples += size;
    double share = share(size);
    blend(mean, batchMean, share, 1);
    blend(variance, batchVariance, share, perChannel / (perChannel - 1.0));
  }

  private double share(long size) {
    return renewing ? size / (double) examples : momentum.orElse(1.0 / batches.getLong(0));
  }

  private static void blend(INDArray running, INDArray batch, double share, double factor) {
    FloatMemory target = FloatMemory.of(running, "running");
    float[] values = new float[Math.toIntExact(running.length())];
    float[] newest = new float[values.length];
    target.read(0, values, values.length);
    FloatMemory.of(batch, "batch").read(0, newest, newest.length);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((1 - share) * values[i] + share * factor * newest[i]);
    }
    target.write(0, values, values.length);
  }
}
