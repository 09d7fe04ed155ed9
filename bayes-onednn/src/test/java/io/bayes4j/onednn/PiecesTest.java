package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.KernelProvider.ConvGradients;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.kernels.PreparedConv;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations that are large enough to be cut, on numbers of threads that do not divide them. */
class PiecesTest {
  private static final OneDnn ONEDNN = new OneDnn();
  private static final ConvGeometry SAME = geometry(1, 1);
  private static final ConvGeometry STRIDED_GROUPS = geometry(2, 2);
  private static final ConvGeometry WINDOW =
      new ConvGeometry(List.of(3, 3), List.of(2, 2), List.of(1, 1), List.of(1, 1), 1);

  private static final INDArray X = Samples.normals(Layout.CHANNELS_LAST, 1, 13, 16, 33, 32);
  private static final INDArray ROW_MAJOR = Samples.normals(2, 13, 16, 33, 32);
  private static final INDArray KERNEL = Samples.normals(3, 24, 16, 3, 3);
  private static final INDArray GROUPED = Samples.normals(4, 24, 8, 3, 3);
  private static final INDArray CHANNELS = Samples.normals(5, 2, 16);
  private static final INDArray MATRIX = Samples.normals(6, 301, 200);
  private static final INDArray OTHER = Samples.normals(7, 200, 150);

  private final int before = Parallel.threads();

  @AfterEach
  void restore() {
    Parallel.setThreads(before);
  }

  private static ConvGeometry geometry(int stride, int groups) {
    return new ConvGeometry(
        List.of(3, 3), List.of(stride, stride), List.of(1, 1), List.of(1, 1), groups);
  }

  private static Partition division(double nanoseconds, Integer... axes) {
    return new Partition(List.of(axes), nanoseconds, 2, false, Lengths.ANY, false, true);
  }

  @ParameterizedTest
  @CsvSource({"128, 2", "128, 3", "13, 2", "5, 4", "1, 2", "7, 7"})
  void coverEveryRowOnce(long rows, int threads) {
    List<Operand> operands = List.of(Operand.rowMajor(rows, 4000), Operand.rowMajor(rows, 4000));
    Partition division = division(1e9, 0, 0);
    Pieces pieces = Pieces.of(division, operands, Precision.F32, threads);
    assertThat((pieces.count() - 1) * pieces.grain()).isLessThan(rows);
    assertThat(pieces.count() * pieces.grain()).isGreaterThanOrEqualTo(rows);
    assertThat(pieces.count()).isLessThanOrEqualTo((int) Math.min(rows, 2L * threads));
    long last = pieces.rest() == 0 ? pieces.grain() : pieces.rest();
    assertThat((pieces.count() - 1) * pieces.grain() + last).isEqualTo(rows);
    assertThat(pieces.ofLength(last).get(1).shape()).containsExactly(last, 4000);
    assertThat(pieces.offset(1, rows - last)).isEqualTo((rows - last) * 4000 * Float.BYTES);
  }

  @Test
  void cutSumsAlikeForAnyNumberOfThreads() {
    List<Operand> operands =
        List.of(Operand.rowMajor(50, 8, 9), Operand.rowMajor(50, 8, 9), Operand.rowMajor(8, 8, 3));
    Partition division = division(1e9, 0, 0, Partition.SUMMED);
    Pieces two = Pieces.of(division, operands, Precision.F32, 2);
    assertThat(two.count()).isGreaterThan(2);
    for (int threads : new int[] {1, 3, 64}) {
      assertThat(Pieces.of(division, operands, Precision.F32, threads)).isEqualTo(two);
    }
    assertThat(two.offset(2, 2 * two.grain())).isEqualTo(2 * 8 * 8 * 3 * Float.BYTES);
  }

  @Test
  void leaveSmallWorkToOneThreadAndFewRowsToAll() {
    List<Operand> operands = List.of(Operand.rowMajor(1, 100), Operand.rowMajor(1, 100));
    Pieces small = Pieces.of(division(1e4, 0, 0), operands, Precision.F32, 2);
    assertThat(small.count()).isEqualTo(1);
    assertThat(small.together(2)).isFalse();
    Pieces large = Pieces.of(division(1e9, 0, 0), operands, Precision.F32, 2);
    assertThat(large.count()).isEqualTo(1);
    assertThat(large.together(2)).isTrue();
    assertThat(large.together(1)).isFalse();
  }

  private static Stream<Arguments> operations() {
    return Stream.of(
        operation("conv", k -> k.conv(X, KERNEL, Samples.normals(8, 24), SAME)),
        operation("row-major", k -> k.conv(ROW_MAJOR, GROUPED, null, STRIDED_GROUPS)),
        operation("epilogue", k -> k.conv(X, KERNEL, null, SAME, new Epilogue(up(SAME), true))),
        operation(
            "in place", k -> k.conv(X, KERNEL, null, SAME, new Epilogue(up(SAME), true, true))),
        operation(
            "prepared",
            k -> k.prepareConv(KERNEL, null, SAME).conv(X, new Epilogue(up(SAME), true))),
        operation("data", k -> k.convBackwardData(up(SAME), KERNEL, X.shape(), SAME)),
        operation("weights", k -> k.convBackwardWeights(X, up(SAME), KERNEL.shape(), SAME)),
        operation("both, x", k -> both(k).x()),
        operation("both, weight", k -> both(k).weight()),
        operation("max", k -> k.maxPool(X, WINDOW)),
        operation(
            "max back",
            k -> {
              INDArray y = k.maxPool(X, WINDOW);
              return k.maxPoolBackward(X, y, y, WINDOW);
            }),
        operation("average", k -> k.avgPool(ROW_MAJOR, WINDOW)),
        operation("average back", k -> k.avgPoolBackward(k.avgPool(X, WINDOW), X.shape(), WINDOW)),
        operation("affine", k -> k.channelAffine(X, CHANNELS.getRow(0), CHANNELS.getRow(1))),
        operation("scale", k -> k.channelScale(ROW_MAJOR, Samples.normals(9, 13, 16))),
        operation("sum", k -> k.channelSum(X)),
        operation("rows", k -> k.matmul(MATRIX, false, OTHER, false)),
        operation("transposed", k -> k.matmul(OTHER, true, MATRIX, true)),
        operation(
            "linear", k -> k.linear(OTHER, Samples.normals(9, 301, 150), MATRIX.getColumn(3))));
  }

  /** All threads share its forward kernels, since there is but one row to cut. */
  @Test
  void aSingleImageGivesTheSameBitsToo() {
    INDArray image = Samples.normals(Layout.CHANNELS_LAST, 1, 1, 16, 64, 64);
    INDArray y = Samples.normals(Layout.CHANNELS_LAST, 2, 1, 24, 64, 64);
    Parallel.setThreads(1);
    INDArray alone = ONEDNN.conv(image, KERNEL, null, SAME);
    INDArray gradient = ONEDNN.convBackwardData(y, KERNEL, image.shape(), SAME);
    PreparedConv prepared = ONEDNN.prepareConv(KERNEL, null, SAME);
    for (int threads : new int[] {2, 3, 5}) {
      Parallel.setThreads(threads);
      assertThat(ONEDNN.conv(image, KERNEL, null, SAME)).isEqualTo(alone);
      assertThat(prepared.conv(image, Epilogue.NONE)).isEqualTo(alone);
      assertThat(ONEDNN.convBackwardData(y, KERNEL, image.shape(), SAME)).isEqualTo(gradient);
    }
  }

  private static Arguments operation(String name, Function<KernelProvider, INDArray> operation) {
    return Arguments.of(name, operation);
  }

  private static INDArray up(ConvGeometry geometry) {
    return Samples.normals(Layout.CHANNELS_LAST, 8, geometry.outputShape(X.shape(), 24));
  }

  private static ConvGradients both(KernelProvider kernels) {
    return kernels.convBackward(ROW_MAJOR, GROUPED, up(STRIDED_GROUPS), STRIDED_GROUPS);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void giveTheSameBitsWhateverTheNumberOfThreads(
      String name, Function<KernelProvider, INDArray> operation) {
    Parallel.setThreads(1);
    INDArray alone = operation.apply(ONEDNN);
    assertThat(largestDifference(alone, operation.apply(Kernels.portable()))).isLessThan(1e-5);
    for (int threads : new int[] {2, 3, 5}) {
      Parallel.setThreads(threads);
      assertThat(operation.apply(ONEDNN)).isEqualTo(alone);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void roundTheSameInBf16(String name, Function<KernelProvider, INDArray> operation) {
    assumeTrue(NativeLibrary.multipliesBf16());
    KernelProvider rounding = ONEDNN.in(Precision.BF16);
    Parallel.setThreads(1);
    INDArray alone = operation.apply(rounding);
    assertThat(largestDifference(alone, operation.apply(Kernels.portable()))).isLessThan(2e-2);
    Parallel.setThreads(3);
    assertThat(operation.apply(rounding)).isEqualTo(alone);
  }

  private static double largestDifference(INDArray actual, INDArray expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    return actual.sub(expected).amaxNumber().doubleValue() / expected.amaxNumber().doubleValue();
  }
}
