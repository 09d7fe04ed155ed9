package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.KernelProvider.BatchNorm;
import io.bayes4j.core.kernels.KernelProvider.BatchNormGradients;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch normalisation of channels-last arrays, with or without a ReLU, in plain Java: memory is
 * read once for the sums, then once more for the result.
 *
 * <p>With a ReLU the result remembers the shift: where the gradient passes is found again from x,
 * which has to be read anyway, so that no mask is kept.
 */
record ChannelsLastNorm(double epsilon, boolean relu) {
  /** y = (x - mean) * scale / sqrt(variance + epsilon) + shift, and the statistics. */
  BatchNorm forward(INDArray x, INDArray scale, INDArray shift) {
    return forward(
        x,
        scale,
        shift,
        (line, band, source, target) -> line.apply(band, source, target, relu),
        relu ? shift : null);
  }

  /** As {@link #forward}, plus an addend, then a ReLU. */
  BatchNorm forwardAddRelu(INDArray x, INDArray scale, INDArray shift, INDArray addend) {
    FloatMemory added = Layout.memory(Layout.CHANNELS_LAST.ensure(addend), "addend");
    return forward(
        x,
        scale,
        shift,
        (line, band, source, target) -> line.applyAddRelu(band, source, added, target),
        null);
  }

  /** What is done once the statistics are known. */
  @FunctionalInterface
  private interface Sweep {
    void run(NormLine line, ChannelTiles band, FloatMemory source, FloatMemory target);
  }

  private BatchNorm forward(
      INDArray x, INDArray scale, INDArray shift, Sweep sweep, @Nullable INDArray memory) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    INDArray y = Arena.like(in);
    FloatMemory source = Layout.memory(in, "x");
    FloatMemory target = Layout.memory(y, "y");
    float[] mean = new float[Math.toIntExact(in.size(1))];
    float[] variance = new float[mean.length];
    float[] gamma = ChannelKernels.vector(scale);
    float[] beta = ChannelKernels.vector(shift);
    for (ChannelTiles band : ChannelTiles.of(in)) {
      statistics(band, source, mean, variance);
      float[] factor = NormLine.factors(gamma, variance, epsilon);
      sweep.run(new NormLine(mean, factor, beta), band, source, target);
    }
    return new BatchNorm(y, Arena.vector(mean), Arena.vector(variance), memory);
  }

  private static void statistics(
      ChannelTiles band, FloatMemory source, float[] mean, float[] variance) {
    band.roughMean(source, mean);
    double[][] moments =
        band.sums(
            (from, to, slots) -> {
              band.repeat(mean, slots, NormLoops.CENTRE);
              for (long row = from; row < to; row += 2L * band.tileRows()) {
                band.readCentred(source, row, slots, NormLoops.VALUES);
                band.readCentred(source, row + band.tileRows(), slots, NormLoops.MORE_VALUES);
                NormLoops.addMoments(slots, band.length());
              }
            });
    for (int c = 0; c < band.width(); c++) {
      int channel = band.first() + c;
      double beyond = moments[0][c] / band.rows();
      double square = moments[1][c] / band.rows();
      mean[channel] = (float) (mean[channel] + beyond);
      variance[channel] = (float) Math.max(0, square - beyond * beyond);
    }
  }

  /** Gradients of {@link #forward}, given what it returned. */
  BatchNormGradients backward(INDArray x, INDArray gradY, INDArray scale, BatchNorm forward) {
    return new NormGradient(this, x, gradY, scale, forward).run();
  }

  /** Gradients of {@link #forwardAddRelu}, given what it returned. */
  BatchNormGradients backwardAddRelu(
      INDArray x, INDArray gradY, INDArray scale, BatchNorm forward) {
    return new NormGradient(this, x, gradY, scale, forward).runAddRelu();
  }
}
