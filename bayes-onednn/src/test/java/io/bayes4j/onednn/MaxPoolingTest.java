package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Samples;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Maxima are the portable kernel's to the bit, zeros of either sign apart, whatever the input. */
class MaxPoolingTest {
  private static final KernelProvider ONE_DNN = new OneDnn();
  private static final int[] CHANNELS = {1, 3, 17, 64, 272};

  /** Enough for oneDNN to be asked. */
  private static final int FEWEST = 4096;

  private static final float[] OTHERS = {
    Float.NaN,
    Float.intBitsToFloat(0xff800001),
    Float.intBitsToFloat(0xffc00000),
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY
  };

  private static final float[] EDGES = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL / 2,
    -Float.MIN_NORMAL,
    1e30f,
    -1e30f
  };

  /** A window along each axis of an input of so many elements. */
  record Windows(int rank, int length, int kernel, int stride, int padding, int dilation) {
    PoolGeometry geometry(boolean ceil) {
      return new PoolGeometry(
          new ConvGeometry(times(kernel), times(stride), times(padding), times(dilation), 1),
          ceil,
          true,
          0);
    }

    /** With a smaller window at the end, too, if there is one. */
    List<PoolGeometry> geometries(long... shape) {
      PoolGeometry floor = geometry(false);
      PoolGeometry ceil = geometry(true);
      return Arrays.equals(floor.outputShape(shape), ceil.outputShape(shape))
          ? List.of(floor)
          : List.of(floor, ceil);
    }

    private List<Integer> times(int number) {
      return Collections.nCopies(rank, number);
    }

    /** Of examples enough. */
    long[] shape(int channels) {
      long[] shape = new long[rank + 2];
      Arrays.fill(shape, length);
      shape[1] = channels;
      shape[0] = 1;
      long example = Arrays.stream(shape).reduce(1, Math::multiplyExact);
      shape[0] = 1 + FEWEST / example;
      return shape;
    }
  }

  static Stream<Windows> windows() {
    return Stream.of(1, 2, 3)
        .flatMap(
            rank ->
                Stream.of(
                    new Windows(rank, 8, 2, 2, 0, 1),
                    new Windows(rank, 12, 2, 2, 0, 1),
                    new Windows(rank, 12, 3, 3, 0, 1),
                    new Windows(rank, 13, 2, 2, 0, 1),
                    new Windows(rank, 7, 1, 1, 0, 1),
                    new Windows(rank, 11, 3, 2, 1, 1),
                    new Windows(rank, 9, 3, 1, 1, 1),
                    new Windows(rank, 6, 2, 2, 1, 1),
                    new Windows(rank, 10, 4, 4, 1, 1),
                    new Windows(rank, 9, 2, 3, 0, 1),
                    new Windows(rank, 4, 13, 1, 6, 1),
                    new Windows(rank, 9, 3, 2, 1, 2),
                    new Windows(rank, 5, 5, 5, 0, 1)));
  }

  private static void assertPortable(INDArray x, PoolGeometry window) {
    boolean same =
        Arrays.equals(
            bits(ONE_DNN.maxPool(x, window)), bits(Kernels.portable().maxPool(x, window)));
    assertThat(same).as("%s %s", Arrays.toString(x.shape()), window).isTrue();
  }

  /** Of the elements in memory order, one NaN like the other and zeros without a sign. */
  private static int[] bits(INDArray y) {
    float[] numbers = new float[(int) y.length()];
    Layout.memory(Layout.CHANNELS_LAST.ensure(y), "y").read(0, numbers, numbers.length);
    int[] bits = new int[numbers.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(numbers[i] + 0f);
    }
    return bits;
  }

  /** Halves of integers, some of them replaced. */
  private static INDArray with(float[] numbers, Layout layout, long... shape) {
    float[] x = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    int[] order = Noise.seeded(1).permutation(x.length);
    for (int i = 0; i < x.length; i++) {
      int at = order[i] / 3;
      x[i] = order[i] % 3 == 0 ? numbers[at % numbers.length] : at % 999 / 2f - 400;
    }
    return Samples.in(layout, Detached.of(x, shape));
  }

  @ParameterizedTest
  @MethodSource("windows")
  void isThatOfThePortableKernel(Windows windows) {
    for (int channels : windows.rank == 2 ? CHANNELS : new int[] {1, 17, 64}) {
      long[] shape = windows.shape(channels);
      for (PoolGeometry g : windows.geometries(shape)) {
        assertPortable(with(new float[] {-1000}, Layout.ROW_MAJOR, shape), g);
        assertPortable(with(EDGES, Layout.CHANNELS_LAST, shape), g);
        assertPortable(with(OTHERS, Layout.CHANNELS_LAST, shape), g);
      }
    }
    long[] shape = windows.shape(3);
    INDArray lowest = Detached.fill(Arena.allocate(shape), Float.NEGATIVE_INFINITY);
    assertPortable(lowest, windows.geometry(false));
  }

  /** What is not finite is found at every place, and nowhere else. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void whatIsNotFiniteIsFoundAtEveryPlace(Precision precision) {
    NativeLibrary.load();
    assumeTrue(precision == Precision.F32 || NativeLibrary.multipliesBf16(), "BF16");
    KernelProvider provider = ONE_DNN.in(precision);
    DataType type = precision == Precision.F32 ? DataType.FLOAT : DataType.BFLOAT16;
    PoolGeometry halves = new Windows(2, 0, 2, 2, 0, 1).geometry(false);
    for (long[] shape : new long[][] {{5, 17, 7, 9}, {66, 1, 7, 9}}) {
      float[] numbers = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < numbers.length; i++) {
        float before = numbers[i];
        numbers[i] = OTHERS[i % OTHERS.length];
        INDArray x = channelsLast(numbers, shape);
        INDArray y = provider.maxPool(provider.cast(x, type), halves);
        boolean same =
            Arrays.equals(
                bits(provider.cast(y, DataType.FLOAT)),
                bits(Kernels.portable().maxPool(x, halves)));
        assertThat(same).as("%s at %d", numbers[i], i).isTrue();
        numbers[i] = before;
      }
    }
  }

  /** An array whose memory holds numbers in their order. */
  private static INDArray channelsLast(float[] numbers, long... shape) {
    INDArray x = Arena.allocate(Layout.CHANNELS_LAST, shape);
    Layout.memory(x, "x").write(0, numbers, numbers.length);
    return x;
  }

  /** Each piece has sums of its own, and some have elements that fill no row of them. */
  @Test
  void whatIsNotFiniteIsFoundInEveryPiece() {
    PoolGeometry window = new Windows(2, 0, 3, 2, 1, 1).geometry(false);
    for (long[] shape : new long[][] {{61, 17, 25, 23}, {1, 33, 131, 133}}) {
      float[] numbers = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
      assertPortable(channelsLast(numbers, shape), window);
      int step = numbers.length / 30;
      for (int i = numbers.length - 1; i >= 0; i -= step) {
        numbers[i] = Float.NaN;
        assertPortable(channelsLast(numbers, shape), window);
        numbers[i] = 0;
      }
    }
  }

  @Test
  void finiteNumbersWhoseSumIsInfiniteArePooled() {
    PoolGeometry window = new Windows(2, 0, 2, 2, 0, 1).geometry(false);
    INDArray x = Samples.in(Layout.CHANNELS_LAST, Samples.normals(1, 4, 64, 8, 8));
    assertPortable(x.muli(1e38f), window);
    assertPortable(Detached.fill(x, Float.MAX_VALUE), window);
    assertPortable(Detached.fill(x, -Float.MAX_VALUE), window);
  }

  @Test
  void rowsAreCutWhereBlocksEnd() {
    assertThat(shortRow(64, 24, 2)).as("four vectors of four windows").isEqualTo(4);
    assertThat(shortRow(16, 24, 2)).as("one block").isEqualTo(12);
    assertThat(shortRow(16, 56, 2)).isEqualTo(14);
    assertThat(shortRow(1, 200, 2)).isEqualTo(10);
    assertThat(shortRow(512, 10, 2)).as("a block of one window").isEqualTo(1);
    assertThat(shortRow(16, 46, 2)).as("23 windows, which nothing divides").isEqualTo(23);
    assertThat(shortRow(64, 25, 2)).as("an element that no window meets").isEqualTo(12);
    assertThat(shortRow(64, 24, 3)).isEqualTo(4);
  }

  private static long shortRow(int channels, int length, int window) {
    PoolGeometry g = new Windows(2, length, window, window, 0, 1).geometry(false);
    Operand x = Operand.rowMajor(1, channels, length, length);
    return ShortRows.windows(x, x.shaped(g.outputShape(x.shape())), g);
  }

  @Test
  void oneDnnTakesItsFastKernelsWithoutCopies() {
    NativeLibrary.load();
    assumeTrue(NativeLibrary.hasAvx512(), "the processor has AVX-512");
    Runner runner = new Runner(1, Precision.F32, new OpenMp(NativeLibrary.load()));
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 4, 64, 24, 24);
    INDArray y = Samples.normals(Layout.CHANNELS_LAST, 1, 4, 64, 12, 12);
    PoolGeometry halves = new Windows(2, 24, 2, 2, 0, 1).geometry(false);
    try (FiniteSums sums = new FiniteSums(x)) {
      assertThat(runner.implementations(Operation.MAX_POOLING, halves, x, y, sums.argument()))
          .hasSize(2)
          .allMatch(name -> name.startsWith("jit:avx512"));
    }
  }
}
