package io.bayes4j.benchmarks;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.KernelProvider.BatchNorm;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Kernels of the provider on the class path, on 128 images of ResNet-20's stages: {@code
 * benchmarks/run jmh KernelBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2) // The first iteration runs interpreted code.
@Measurement(iterations = 5, time = 2)
public class KernelBenchmark {
  private static final ConvGeometry SAME =
      new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
  private static final int IMAGES = 128;

  /** Channels of the stage; images have 512 / channels pixels a side. */
  @Param({"16", "32", "64"})
  int channels;

  /** In which the provider multiplies. */
  @Param({"F32", "BF16"})
  Precision precision;

  private final Noise noise = Noise.seeded(1);
  private final Arena arena = new Arena();
  private KernelProvider kernels;
  private INDArray x;
  private INDArray gradY;
  private INDArray weight;
  private INDArray scale;
  private INDArray shift;
  private BatchNorm normalized;

  /** Makes the arrays. */
  @Setup
  public void prepare() {
    kernels = Kernels.in(precision, Kernels::provider);
    x = activation("x");
    gradY = activation("gradY");
    weight = noise.split("weight").normals(channels, channels, 3, 3);
    scale = noise.split("scale").normals(channels);
    shift = noise.split("shift").normals(channels);
    normalized = kernels.batchNorm(x, scale, shift, 1e-5, Epilogue.RELU);
  }

  private INDArray activation(String name) {
    int side = 512 / channels;
    INDArray floats =
        Layout.CHANNELS_LAST.ensure(noise.split(name).normals(IMAGES, channels, side, side));
    return kernels.keepsBfloat16() ? kernels.cast(floats, DataType.BFLOAT16) : floats;
  }

  /** In memory that the next call uses again, as in a training step. */
  private long recycled(Supplier<INDArray> kernel) {
    return arena.scope(() -> kernel.get().length());
  }

  /** A convolution. */
  @Benchmark
  public long conv() {
    return recycled(() -> kernels.conv(x, weight, null, SAME));
  }

  /** Both gradients of a convolution. */
  @Benchmark
  public long convBackward() {
    return recycled(() -> kernels.convBackward(x, weight, gradY, SAME).x());
  }

  /** Batch normalisation and a ReLU. */
  @Benchmark
  public long batchNormRelu() {
    return recycled(() -> kernels.batchNorm(x, scale, shift, 1e-5, Epilogue.RELU).y());
  }

  /** Gradients of batch normalisation and a ReLU. */
  @Benchmark
  public long batchNormReluBackward() {
    return recycled(
        () -> kernels.batchNormBackward(x, gradY, scale, normalized, 1e-5, Epilogue.RELU).x());
  }
}
