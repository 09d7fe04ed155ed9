package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.conv.Convolutions;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.testing.StackContract;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * BF16 kernels, where the processor has them. Factors that BF16 holds exactly must give the
 * portable provider's results, since sums are in single precision.
 */
class Bf16Test {
  private static KernelProvider bf16;
  private static final KernelProvider PORTABLE = Kernels.portable();

  @BeforeAll
  static void needBf16() {
    NativeLibrary.load();
    assumeTrue(NativeLibrary.multipliesBf16(), "the processor has BF16 instructions");
    bf16 = new OneDnn().in(Precision.BF16);
  }

  /** Normals rounded to multiples of 1/8, which have fewer than 8 bits. */
  private static INDArray exact(Layout layout, long seed, long... shape) {
    return Transforms.round(Samples.normals(layout, seed, shape).muli(8)).divi(8);
  }

  private static INDArray exact(long seed, long... shape) {
    return exact(Layout.ROW_MAJOR, seed, shape);
  }

  @Test
  void roundsFactors() {
    float fine = 1 + 0x1p-7f + 0x1p-12f;
    INDArray x = Samples.array(new long[] {1, 1}, fine);
    INDArray one = Samples.array(new long[] {1, 1}, 1);
    assertThat(new OneDnn().matmul(x, false, one, false).getFloat(0)).isEqualTo(fine);
    assertThat(bf16.matmul(x, false, one, false).getFloat(0)).isEqualTo(1 + 0x1p-7f);
  }

  @Test
  void aGradientIsComputedInThePrecisionOfItsOperation() {
    float fine = 1 + 0x1p-7f + 0x1p-12f;
    Var x = Var.leaf(Samples.array(new long[] {1, 1}, 1));
    Var w = Var.leaf(Samples.array(new long[] {1, 1}, fine));
    KernelProvider f32 = new OneDnn();
    Var y =
        Kernels.with(f32, () -> Kernels.in(Precision.BF16, () -> Convolutions.linear(x, w, null)));
    Var z = Kernels.with(f32, () -> Convolutions.linear(x, w, null));
    assertThat(Gradients.of(Ops.sum(y)).get(x).getFloat(0)).isEqualTo(1 + 0x1p-7f);
    assertThat(Gradients.of(Ops.sum(z)).get(x).getFloat(0)).isEqualTo(fine);
    assertThat(Gradients.of(Ops.sum(y)).get(w).getFloat(0)).isEqualTo(1);
  }

  @Test
  void goesBackToSinglePrecision() {
    assertThat(bf16.precision()).isEqualTo(Precision.BF16);
    assertThat(bf16.in(Precision.BF16)).isSameAs(bf16);
    assertThat(bf16.in(Precision.F32).precision()).isEqualTo(Precision.F32);
  }

  @Test
  void multipliesMatrices() {
    for (int size : new int[] {1, 3, 16, 33, 70}) {
      INDArray x = exact(1, 5, size);
      INDArray weight = exact(2, 9, size);
      INDArray gradY = exact(3, 5, 9);
      INDArray bias = Samples.normals(4, 9);
      assertClose(bf16.linear(x, weight, bias), PORTABLE.linear(x, weight, bias));
      assertClose(
          bf16.matmul(gradY, false, weight, false), PORTABLE.matmul(gradY, false, weight, false));
      assertClose(bf16.matmul(gradY, true, x, false), PORTABLE.matmul(gradY, true, x, false));
    }
  }

  /** Products of factors that BF16 holds exactly, to the tolerance of single precision. */
  @Test
  void multipliesStacks() {
    StackContract contract =
        new StackContract(bf16, 1e-5, x -> x.castTo(DataType.BFLOAT16).castTo(DataType.FLOAT));
    contract.everySize();
    contract.everyShape();
    contract.everyMatrixByItself();
  }

  @Test
  void roundsFactorsOfStacksWhereThatIsFaster() {
    float fine = 1 + 0x1p-7f + 0x1p-12f;
    for (int size : new int[] {1, 63, 64}) {
      INDArray x = Nd4j.valueArrayOf(new long[] {2, size, size}, fine, DataType.FLOAT);
      INDArray ones = Nd4j.valueArrayOf(new long[] {2, size, size}, 1f, DataType.FLOAT);
      INDArray y = bf16.matmuls(x, false, ones, true);
      float factor = size == 64 ? 1 + 0x1p-7f : fine;
      assertThat(y.getFloat(1, size - 1, 0)).isCloseTo(size * factor, within(size * 0x1p-20f));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 3, 4, 1, 1",
    "1, 16, 32, 2, 2",
    "2, 3, 5, 1, 1",
    "2, 16, 16, 1, 1",
    "2, 8, 16, 2, 4",
    "2, 32, 17, 1, 1",
    "3, 4, 6, 2, 2",
    "3, 16, 16, 1, 1"
  })
  void convolves(int rank, int channels, int units, int stride, int groups) {
    ConvGeometry g =
        new ConvGeometry(
            Collections.nCopies(rank, 3),
            Collections.nCopies(rank, stride),
            Collections.nCopies(rank, 1),
            Collections.nCopies(rank, 1),
            groups);
    long[] shapeX = shape(2, channels, rank, 7);
    for (Layout layout : Layout.values()) {
      INDArray x = exact(layout, 1, shapeX);
      INDArray weight = exact(2, shape(units, channels / groups, rank, 3));
      INDArray bias = Samples.normals(3, units);
      INDArray gradY = exact(layout, 4, g.outputShape(shapeX, units));
      assertClose(bf16.conv(x, weight, bias, g), PORTABLE.conv(x, weight, bias, g));
      Epilogue epilogue = new Epilogue(Samples.normals(layout, 5, gradY.shape()), true);
      assertClose(
          bf16.conv(x, weight, bias, g, epilogue), PORTABLE.conv(x, weight, bias, g, epilogue));
      assertClose(
          bf16.convBackwardData(gradY, weight, shapeX, g),
          PORTABLE.convBackwardData(gradY, weight, shapeX, g));
      assertClose(
          bf16.convBackwardWeights(x, gradY, weight.shape(), g),
          PORTABLE.convBackwardWeights(x, gradY, weight.shape(), g));
    }
  }

  /** Geometries of volumes that oneDNN's BF16 kernels get wrong, and of windows over both ends. */
  @ParameterizedTest
  @CsvSource({
    "16, 8, '3,5,5', '2,1,1', '3,1,2', '1,0,0'",
    "17, 8, '7,5,5', '1,3,1', '3,2,2', '0,2,0'",
    "2, 17, '2,1,6', '2,1,4', '2,2,3', '1,0,0'",
    "3, 2, '3,2,1', '4,2,2', '2,1,2', '3,1,1'",
    "8, 48, '1', '4', '2', '2'",
    "16, 2, '3,2,2', '4,4,1', '2,1,1', '3,2,0'"
  })
  void convolvesAtTheEdges(
      int channels, int units, String input, String kernel, String stride, String padding) {
    List<Integer> size = numbers(kernel);
    ConvGeometry g =
        new ConvGeometry(
            size, numbers(stride), numbers(padding), Collections.nCopies(size.size(), 1), 1);
    INDArray x = exact(Layout.CHANNELS_LAST, 1, shape(3, channels, numbers(input)));
    INDArray weight = exact(2, shape(units, channels, size));
    INDArray y = PORTABLE.conv(x, weight, null, g);
    INDArray gradY = exact(Layout.CHANNELS_LAST, 4, y.shape());
    assertClose(bf16.conv(x, weight, null, g), y);
    assertClose(
        bf16.convBackwardData(gradY, weight, x.shape(), g),
        PORTABLE.convBackwardData(gradY, weight, x.shape(), g));
    assertClose(
        bf16.convBackwardWeights(x, gradY, weight.shape(), g),
        PORTABLE.convBackwardWeights(x, gradY, weight.shape(), g));
  }

  private static List<Integer> numbers(String text) {
    return Arrays.stream(text.split(",", -1)).map(Integer::valueOf).toList();
  }

  private static long[] shape(int first, int second, List<Integer> others) {
    long[] shape = new long[others.size() + 2];
    shape[0] = first;
    shape[1] = second;
    for (int axis = 0; axis < others.size(); axis++) {
      shape[axis + 2] = others.get(axis);
    }
    return shape;
  }

  private static long[] shape(int first, int second, int rank, int length) {
    long[] shape = new long[rank + 2];
    Arrays.fill(shape, length);
    shape[0] = first;
    shape[1] = second;
    return shape;
  }

  @Test
  void leavesTheRestInSinglePrecision() {
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 2, 16, 6, 6);
    INDArray scale = Samples.normals(2, 16);
    INDArray shift = Samples.normals(3, 16);
    ConvGeometry window =
        new ConvGeometry(List.of(2, 2), List.of(2, 2), List.of(0, 0), List.of(1, 1), 1);
    assertClose(
        bf16.batchNorm(x, scale, shift, 1e-5).y(), PORTABLE.batchNorm(x, scale, shift, 1e-5).y());
    assertClose(bf16.maxPool(x, window), PORTABLE.maxPool(x, window));
    assertClose(bf16.channelAffine(x, scale, shift), PORTABLE.channelAffine(x, scale, shift));
    assertClose(bf16.channelSum(x), PORTABLE.channelSum(x));
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double largest = expected.amaxNumber().doubleValue();
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-5 * largest);
  }
}
