package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GoldenPooling;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Poolings against PyTorch's, in BF16, and where oneDNN itself is not asked. */
class PoolingTest {
  private static final KernelProvider ONE_DNN = new OneDnn();

  static Stream<GoldenPooling> cases() {
    return GoldenPooling.all().stream();
  }

  private static PoolGeometry geometry(GoldenPooling golden) {
    ConvGeometry window =
        new ConvGeometry(golden.kernel(), golden.stride(), golden.padding(), golden.dilation(), 1);
    return new PoolGeometry(window, golden.ceil(), golden.counts(), golden.divisor());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isThatOfPyTorch(GoldenPooling golden) {
    PoolGeometry g = geometry(golden);
    for (Layout layout : Layout.values()) {
      INDArray x = Samples.in(layout, golden.x());
      INDArray up = Samples.in(layout, golden.g());
      INDArray y = golden.maximum() ? ONE_DNN.maxPool(x, g) : ONE_DNN.avgPool(x, g);
      Doubles.assertClose("y", y, golden.y(), 1e-6);
      INDArray gradX =
          golden.maximum()
              ? ONE_DNN.maxPoolBackward(x, y, up, g)
              : ONE_DNN.avgPoolBackward(up, x.shape(), g);
      Doubles.assertClose("gradient", gradX, golden.gradX(), 1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void roundsOnceInBf16(GoldenPooling golden) {
    NativeLibrary.load();
    assumeTrue(NativeLibrary.multipliesBf16(), "the processor has BF16 instructions");
    KernelProvider bf16 = ONE_DNN.in(Precision.BF16);
    PoolGeometry g = geometry(golden);
    INDArray x = bf16.cast(Samples.in(Layout.CHANNELS_LAST, golden.x()), DataType.BFLOAT16);
    INDArray y = golden.maximum() ? bf16.maxPool(x, g) : bf16.avgPool(x, g);
    assertThat(y.dataType()).isEqualTo(DataType.BFLOAT16);
    INDArray floats = bf16.cast(x, DataType.FLOAT);
    INDArray expected =
        golden.maximum()
            ? Kernels.portable().maxPool(floats, g)
            : Kernels.portable().avgPool(floats, g);
    Doubles.assertClose("y", bf16.cast(y, DataType.FLOAT), expected, 0x1p-8);
  }

  @Test
  void oneDnnComputesWhatItComputesRight() {
    for (long length : new long[] {2, 4, 5, 7, 8, 13, 26, 56, 112}) {
      assertThat(areRight(length, 2, 2, 0)).as("halving %d", length).isTrue();
      assertThat(areRight(length, 3, 2, 1)).as("3, 2, 1 of %d", length).isTrue();
      assertThat(areRight(length, 3, 1, 1)).as("3, 1, 1 of %d", length).isTrue();
      assertThat(areRight(length, 5, 1, 2)).as("5, 1, 2 of %d", length).isTrue();
    }
    assertThat(areRight(26, 13, 1, 6)).as("a pyramid's largest window").isTrue();
    assertThat(areRight(1, 5, 1, 2)).as("one element before the padding").isFalse();
    assertThat(areRight(4, 13, 1, 6)).as("a pyramid's window on a small map").isFalse();
  }

  private static boolean areRight(long length, int window, int stride, int padding) {
    ConvGeometry g =
        new ConvGeometry(List.of(window), List.of(stride), List.of(padding), List.of(1), 1);
    return PoolingBlocks.areRight(new long[] {1, 1, length}, PoolGeometry.of(g));
  }
}
