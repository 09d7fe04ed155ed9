package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.kernels.RowProducts;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every kernel has the same bits on 1 to 16 threads: long inner axes, wide and narrow results, odd
 * sizes, batches of one, weights too many for their gradient to be a sum of pieces.
 */
class ThreadsTest {
  private static final int[] THREADS = {2, 3, 5, 7, 16};

  private final int before = Parallel.threads();

  @AfterEach
  void restore() {
    Parallel.setThreads(before);
  }

  /** What is computed, a list of results. */
  @FunctionalInterface
  private interface Work {
    List<INDArray> on(KernelProvider kernels);
  }

  private static KernelProvider kernels(Precision precision) {
    assumeTrue(precision == Precision.F32 || NativeLibrary.multipliesBf16());
    return new OneDnn().in(precision);
  }

  private static void assertSameBits(Precision precision, Work work) {
    KernelProvider kernels = kernels(precision);
    Parallel.setThreads(1);
    List<float[]> alone = bits(work.on(kernels));
    for (int threads : THREADS) {
      Parallel.setThreads(threads);
      List<float[]> now = bits(work.on(kernels));
      for (int i = 0; i < now.size(); i++) {
        assertThat(now.get(i)).as("result %d on %d threads", i, threads).isEqualTo(alone.get(i));
      }
    }
  }

  private static List<float[]> bits(List<INDArray> results) {
    return results.stream()
        .map(result -> FloatMemory.numbers(result.castTo(DataType.FLOAT), "result"))
        .toList();
  }

  private static Stream<Arguments> products() {
    int[][] sizes = {
      {32, 784, 1024}, {32, 1024, 64}, {32, 384, 1000}, {31, 512, 517}, {128, 784, 400},
      {64, 2048, 512}, {8, 4096, 1000}, {1, 1500, 700}, {700, 401, 33}, {1024, 32, 784},
      {257, 1023, 129}
    };
    List<Arguments> all = new ArrayList<>();
    for (Precision precision : Precision.values()) {
      Arrays.stream(sizes).forEach(s -> all.add(Arguments.of(precision, s[0], s[1], s[2])));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("products")
  void products(Precision precision, int rows, int inner, int columns) {
    INDArray a = Samples.normals(1, rows, inner);
    INDArray b = Samples.normals(2, inner, columns);
    INDArray transposedA = a.transpose().dup('c');
    INDArray transposedB = b.transpose().dup('c');
    INDArray bias = Samples.normals(3, columns);
    assertSameBits(
        precision,
        k ->
            List.of(
                k.matmul(a, false, b, false),
                k.matmul(a, false, transposedB, true),
                k.matmul(transposedA, true, b, false),
                k.matmul(transposedA, true, transposedB, true),
                k.linear(a, transposedB, bias),
                k.prepareLinear(transposedB, bias).linear(a),
                rowProducts(k, a, b)));
  }

  private static INDArray rowProducts(KernelProvider kernels, INDArray a, INDArray b) {
    INDArray product = Samples.normals(1, a.size(0), b.size(1));
    float[] rows = FloatMemory.numbers(a, "a");
    float[] products = new float[(int) product.length()];
    try (RowProducts of = kernels.rowProducts(b, false, (int) a.size(0))) {
      of.multiply(rows, products);
    }
    FloatMemory.of(product, "product").write(0, products, products.length);
    return product;
  }

  /** A convolution of x [n, channels, size ...]. */
  private record Conv(
      int rank, int n, int channels, int units, int size, int kernel, int stride, int groups) {
    ConvGeometry geometry() {
      return new ConvGeometry(
          Collections.nCopies(rank, kernel),
          Collections.nCopies(rank, stride),
          Collections.nCopies(rank, kernel / 2),
          Collections.nCopies(rank, 1),
          groups);
    }

    long[] shape(long first, long second, long length) {
      long[] shape = new long[rank + 2];
      Arrays.fill(shape, length);
      shape[0] = first;
      shape[1] = second;
      return shape;
    }
  }

  private static Stream<Arguments> convolutions() {
    List<Conv> cases =
        List.of(
            new Conv(2, 32, 1, 32, 28, 3, 1, 1),
            new Conv(2, 1, 48, 32, 64, 3, 1, 1),
            new Conv(2, 3, 64, 128, 28, 1, 1, 1),
            new Conv(2, 2, 100, 256, 28, 1, 1, 1),
            new Conv(2, 2, 256, 256, 7, 3, 1, 1),
            new Conv(2, 5, 33, 35, 15, 3, 2, 1),
            new Conv(2, 9, 32, 32, 14, 3, 1, 32),
            new Conv(2, 6, 16, 48, 14, 3, 2, 2),
            new Conv(1, 17, 24, 40, 200, 5, 1, 1),
            new Conv(3, 1, 48, 16, 12, 3, 1, 1),
            new Conv(3, 3, 48, 32, 12, 1, 1, 1),
            new Conv(3, 2, 17, 64, 10, 3, 2, 1));
    return Stream.of(Precision.values())
        .flatMap(precision -> cases.stream().map(c -> Arguments.of(precision, c)));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convolutions(Precision precision, Conv c) {
    ConvGeometry g = c.geometry();
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, c.shape(c.n, c.channels, c.size));
    INDArray w = Samples.normals(2, c.shape(c.units, c.channels / c.groups, c.kernel));
    INDArray bias = Samples.normals(3, c.units);
    INDArray up = Samples.normals(Layout.CHANNELS_LAST, 4, g.outputShape(x.shape(), c.units));
    assertSameBits(
        precision,
        k -> {
          KernelProvider.ConvGradients both = k.convBackward(x, w, up, g);
          return List.of(
              k.conv(x, w, bias, g),
              k.conv(x, w, null, g, new Epilogue(up, true)),
              k.prepareConv(w, bias, g).conv(x, Epilogue.NONE),
              k.convBackwardData(up, w, x.shape(), g),
              k.convBackwardWeights(x, up, w.shape(), g),
              both.x(),
              both.weight());
        });
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void everythingElse(Precision precision) {
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 13, 24, 33, 20);
    INDArray y = Samples.normals(Layout.CHANNELS_LAST, 2, 13, 24, 17, 10);
    INDArray scale = Samples.normals(3, 24);
    INDArray shift = Samples.normals(4, 24);
    INDArray factors = Samples.normals(5, 13, 24);
    ConvGeometry window =
        new ConvGeometry(List.of(3, 3), List.of(2, 2), List.of(1, 1), List.of(1, 1), 1);
    ConvGeometry halves =
        new ConvGeometry(List.of(2, 2), List.of(2, 2), List.of(0, 0), List.of(1, 1), 1);
    assertSameBits(
        precision,
        k -> {
          KernelProvider.BatchNorm norm = k.batchNorm(x, scale, shift, 1e-5, Epilogue.RELU);
          KernelProvider.BatchNormGradients gradients =
              k.batchNormBackward(x, x, scale, norm, 1e-5, Epilogue.RELU);
          return List.of(
              k.maxPool(x, window),
              k.maxPool(x, halves),
              k.maxPoolBackward(x, k.maxPool(x, window), y, window),
              k.avgPool(x, window),
              k.avgPoolBackward(y, x.shape(), window),
              norm.y(),
              norm.mean(),
              norm.variance(),
              gradients.x(),
              gradients.scale(),
              gradients.shift(),
              k.channelAffine(x, scale, shift),
              k.channelAdd(x, shift),
              k.channelScale(x, factors),
              k.addScaled(x, x, factors, true),
              k.channelSum(x));
        });
  }
}
