package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.KernelProvider.BatchNorm;
import io.bayes4j.core.kernels.KernelProvider.BatchNormGradients;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradients of {@link ChannelsLastNorm}.
 *
 * <p>With xhat = (x - mean) * r and r = 1 / sqrt(variance + epsilon), M rows: dx = scale * r * (g -
 * sum(g) / M - xhat * sum(g * xhat) / M), which for each channel is a line in g and x - mean.
 */
final class NormGradient {
  private final ChannelsLastNorm norm;
  private final ChannelTiles[] bands;
  private final INDArray gradX;
  private final FloatMemory source;
  private final FloatMemory upstream;
  private final FloatMemory target;
  private final float[] variance;
  private final BatchNorm result;
  private final NormLine forward;
  private final float[] gradScale;
  private final float[] gradShift;

  NormGradient(
      ChannelsLastNorm norm, INDArray x, INDArray gradY, INDArray scale, BatchNorm result) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    this.norm = norm;
    this.result = result;
    bands = ChannelTiles.of(in);
    gradX = Arena.like(in);
    source = Layout.memory(in, "x");
    upstream = Layout.memory(Layout.CHANNELS_LAST.ensure(gradY), "gradY");
    target = Layout.memory(gradX, "gradX");
    variance = ChannelKernels.vector(result.variance());
    float[] gamma = ChannelKernels.vector(scale);
    forward =
        new NormLine(
            ChannelKernels.vector(result.mean()),
            NormLine.factors(gamma, variance, norm.epsilon()),
            norm.relu() ? ChannelKernels.vector(Objects.requireNonNull(result.memory())) : null);
    gradScale = new float[gamma.length];
    gradShift = new float[gamma.length];
  }

  BatchNormGradients run() {
    for (ChannelTiles band : bands) {
      double[][] sums = norm.relu() ? maskedSums(band) : sums(band);
      combine(band, sums[0], sums[1], norm.relu() ? target : upstream);
    }
    return gradients(null);
  }

  /** The gradients that pass the ReLU are those of the addend, too. */
  BatchNormGradients runAddRelu() {
    INDArray gradAddend = Arena.like(gradX);
    FloatMemory passed = Layout.memory(gradAddend, "gradAddend");
    FloatMemory y = Layout.memory(Layout.CHANNELS_LAST.ensure(result.y()), "y");
    for (ChannelTiles band : bands) {
      double[][] sums = sumsBehindAddend(band, y, passed);
      combine(band, sums[0], sums[1], passed);
    }
    return gradients(gradAddend);
  }

  private BatchNormGradients gradients(@Nullable INDArray gradAddend) {
    return new BatchNormGradients(
        gradX, Arena.vector(gradScale), Arena.vector(gradShift), gradAddend);
  }

  /** Sums of g and of g * (x - mean). */
  private double[][] sums(ChannelTiles band) {
    return band.sums(
        (from, to, slots) -> {
          band.repeat(forward.centre(), slots, NormLoops.CENTRE);
          for (long row = from; row < to; row += band.tileRows()) {
            band.readCentred(source, row, slots, NormLoops.VALUES);
            band.readPadded(upstream, row, slots, NormLoops.GRADIENTS);
            NormLoops.addGradients(slots, band.length());
          }
        });
  }

  /** As {@link #sums}, with the gradients that pass the ReLU, which are left in the target. */
  private double[][] maskedSums(ChannelTiles band) {
    return band.sums(
        (from, to, slots) -> {
          forward.repeat(band, slots);
          for (long row = from; row < to; row += band.tileRows()) {
            band.readCentred(source, row, slots, NormLoops.VALUES);
            band.readPadded(upstream, row, slots, NormLoops.GRADIENTS);
            NormLoops.maskGradients(slots, band.length());
            NormLoops.addGradients(slots, band.length());
            band.write(target, row, slots, NormLoops.GRADIENTS);
          }
        });
  }

  /** As {@link #maskedSums}, where the ReLU came after an addend. */
  private double[][] sumsBehindAddend(ChannelTiles band, FloatMemory y, FloatMemory passed) {
    return band.sums(
        (from, to, slots) -> {
          band.repeat(forward.centre(), slots, NormLoops.CENTRE);
          for (long row = from; row < to; row += band.tileRows()) {
            band.readCentred(source, row, slots, NormLoops.VALUES);
            band.readPadded(upstream, row, slots, NormLoops.GRADIENTS);
            band.readPadded(y, row, slots, NormLoops.SPARE);
            NormLoops.maskBySpare(slots, band.length());
            NormLoops.addGradients(slots, band.length());
            band.write(passed, row, slots, NormLoops.GRADIENTS);
          }
        });
  }

  private void combine(ChannelTiles band, double[] sums, double[] products, FloatMemory gradients) {
    float[] slope = new float[gradScale.length];
    float[] constant = new float[gradScale.length];
    for (int c = 0; c < band.width(); c++) {
      int channel = band.first() + c;
      double r = 1 / Math.sqrt(variance[channel] + norm.epsilon());
      double factor = forward.factor()[channel];
      gradShift[channel] = (float) sums[c];
      gradScale[channel] = (float) (products[c] * r);
      slope[channel] = (float) (-factor * products[c] * r * r / band.rows());
      constant[channel] = (float) (-factor * sums[c] / band.rows());
    }
    NormLine line = new NormLine(forward.centre(), forward.factor(), constant);
    band.forRows(
        (from, to, slots) -> {
          line.repeat(band, slots);
          band.repeat(slope, slots, NormLoops.SLOPE);
          for (long row = from; row < to; row += band.tileRows()) {
            band.read(source, row, slots, NormLoops.VALUES);
            band.read(gradients, row, slots, NormLoops.GRADIENTS);
            NormLoops.line(slots, band.length());
            band.write(target, row, slots, NormLoops.GRADIENTS);
          }
        });
  }
}
