package io.bayes4j.quant;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.GaussianPosterior;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A Gaussian posterior whose draws mu + sigma * eps are rounded to 8-bit numbers.
 *
 * <p>The scale of a channel covers |mu| + k sigma of all its elements, not |mu| alone: a scale that
 * fits the means cuts the draws off, and what is left of their spread is no measure of anything.
 * What rounding itself adds to the variance of a draw is taken off sigma, so that on average over
 * the elements the variance is that of the posterior, also where sigma is less than a step.
 *
 * <p>Immutable: a copy of the posterior as it was.
 */
public final class QuantizedPosterior {
  /** A draw in 16,000 of the widest element lies beyond 4 sigma, and is cut off there. */
  static final double COVERED_SIGMAS = 4;

  private final long[] shape;
  private final float[] scales;

  /** Means and spreads in steps of their channel. */
  private final float[] means;

  private final float[] spreads;

  private QuantizedPosterior(long[] shape, float[] scales, float[] means, float[] spreads) {
    this.shape = shape;
    this.scales = scales;
    this.means = means;
    this.spreads = spreads;
  }

  /**
   * Quantizes a posterior; its first axis counts the channels.
   *
   * @param coveredSigmas k, in [3, 16]; 4 is usual. Less would cut draws off, more makes the steps
   *     coarse
   * @throws IllegalArgumentException if k is out of range, or mu or sigma is not finite
   */
  public static QuantizedPosterior of(GaussianPosterior posterior, double coveredSigmas) {
    Require.nonNull(posterior, "posterior");
    Require.argument(
        coveredSigmas >= 3 && coveredSigmas <= 16,
        "coveredSigmas must be in [3, 16], got %s",
        coveredSigmas);
    QuantizedTensor.Elements mu = QuantizedTensor.Elements.of("mu", posterior.mu().value());
    float[] means = mu.values();
    float[] spreads = QuantizedTensor.Elements.of("sigma", posterior.sigma()).values();
    float[] scales = new float[mu.channels()];
    for (int i = 0; i < means.length; i++) {
      float reach = Math.abs(means[i]) + (float) coveredSigmas * spreads[i];
      int channel = i / mu.perChannel();
      scales[channel] = Math.max(scales[channel], reach);
    }
    for (int channel = 0; channel < scales.length; channel++) {
      scales[channel] = QuantizedTensor.scaleFor(scales[channel]);
    }
    for (int i = 0; i < means.length; i++) {
      float scale = scales[i / mu.perChannel()];
      means[i] /= scale;
      spreads[i] = RoundingSpread.before(spreads[i] / scale);
    }
    return new QuantizedPosterior(posterior.shape(), scales, means, spreads);
  }

  /** Puts copies of its numbers under their names. */
  void putInto(Map<String, INDArray> arrays) {
    arrays.put("weight.mean", HeapArrays.of(means, shape));
    arrays.put("weight.spread", HeapArrays.of(spreads, shape));
    arrays.put("weight.scale", HeapArrays.of(scales, shape[0]));
  }

  /** One of numbers under their names, which are copied. */
  static QuantizedPosterior from(Map<String, INDArray> arrays) {
    INDArray means = arrays.get("weight.mean");
    return new QuantizedPosterior(
        means.shape().clone(),
        HeapArrays.floats(arrays.get("weight.scale")),
        HeapArrays.floats(means),
        HeapArrays.floats(arrays.get("weight.spread")));
  }

  /** The means, rounded. */
  public QuantizedTensor mean() {
    byte[] values = new byte[means.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = QuantizedTensor.round(means[i]);
    }
    return new QuantizedTensor(shape, values, scales);
  }

  /**
   * One draw, rounded. Its eps are those of {@link GaussianPosterior#sample} with equal noise: the
   * two differ by rounding alone.
   */
  public QuantizedTensor sample(Noise noise) {
    Require.nonNull(noise, "noise");
    byte[] values = new byte[means.length];
    Parallel.forRange(
        values.length,
        Scratch.SIZE,
        (from, to) -> {
          try (Scratch scratch = Scratch.open()) {
            float[] eps = scratch.array();
            noise.normals(eps, 0, (int) (to - from), from);
            for (int i = (int) from; i < to; i++) {
              values[i] = QuantizedTensor.round(means[i] + spreads[i] * eps[i - (int) from]);
            }
          }
        });
    return new QuantizedTensor(shape, values, scales);
  }

  @Override
  public String toString() {
    return "QuantizedPosterior" + Arrays.toString(shape);
  }
}
