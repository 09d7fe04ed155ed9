package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.KernelProvider.BatchNorm;
import io.bayes4j.core.kernels.KernelProvider.BatchNormGradients;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.onednn.NormPlans.Ending;
import io.bayes4j.onednn.NormPlans.Form;
import io.bayes4j.onednn.NormPlans.Norm;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Batch normalisation of BFLOAT16 arrays, against what the portable kernels make of the same
 * numbers in single precision.
 */
class NormKernelsTest {
  private static final KernelProvider PORTABLE = Kernels.portable();
  private static final double EPSILON = 1e-3;

  /** Half a unit in the last place for each of up to 512 terms, added in single precision. */
  private static final double IN_SINGLE_SUMS = 512 * 0x1p-24;

  /** Several pieces, the last one shorter. */
  private static final long[] LARGE = {5, 16, 61, 59};

  /** As many, with rows that do not make up a wide row. */
  private static final long[] LARGE_ODD = {3, 5, 151, 149};

  private static KernelProvider bf16;
  private final int before = Parallel.threads();

  @BeforeAll
  static void needBf16() {
    NativeLibrary.load();
    assumeTrue(NativeLibrary.multipliesBf16(), "the processor has BF16 instructions");
    bf16 = new OneDnn().in(Precision.BF16);
  }

  @AfterEach
  void restore() {
    Parallel.setThreads(before);
  }

  private static Stream<long[]> shapes() {
    return Stream.of(
        new long[] {1, 3},
        new long[] {16, 1},
        new long[] {37, 33},
        new long[] {64, 16},
        new long[] {1, 16, 1, 1},
        new long[] {1, 17, 5},
        new long[] {6, 24, 4},
        new long[] {9, 3, 5, 5},
        new long[] {4, 16, 3, 3},
        new long[] {2, 64, 4, 4},
        new long[] {2, 33, 3, 2, 3},
        new long[] {2, 32, 3, 3, 3},
        LARGE,
        LARGE_ODD);
  }

  /** Arguments of all kinds of batch normalisation. */
  private record Case(
      INDArray x, INDArray scale, INDArray shift, INDArray addend, INDArray gradY, Ending ending) {
    static Case of(Layout layout, Ending ending, long... shape) {
      return new Case(
          bf16(layout, Samples.normals(1, shape).addi(0.5)),
          Samples.normals(2, shape[1]),
          Samples.normals(3, shape[1]),
          bf16(layout, Samples.normals(4, shape)),
          bf16(layout, Samples.normals(5, shape)),
          ending);
    }

    private Epilogue after() {
      return switch (ending) {
        case NONE -> Epilogue.NONE;
        case RELU -> Epilogue.RELU;
        case ADDEND_RELU -> new Epilogue(addend, true);
      };
    }

    BatchNorm forward(KernelProvider kernels) {
      return kernels.batchNorm(x, scale, shift, EPSILON, after());
    }

    BatchNormGradients backward(KernelProvider kernels, BatchNorm forward) {
      return kernels.batchNormBackward(x, gradY, scale, forward, EPSILON, after());
    }

    Case inFloats() {
      return new Case(floats(x), scale, shift, floats(addend), floats(gradY), ending);
    }
  }

  private static INDArray bf16(Layout layout, INDArray floats) {
    return Arena.allocate(DataType.BFLOAT16, layout, floats.shape()).assign(floats);
  }

  private static INDArray floats(INDArray array) {
    return Arena.allocate(Layout.CHANNELS_LAST, array.shape()).assign(array);
  }

  private static Stream<Arguments> cases() {
    return shapes()
        .flatMap(shape -> Stream.of(Ending.values()).map(ending -> Arguments.of(shape, ending)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void normalizes(long[] shape, Ending ending) {
    for (Layout layout : Layout.values()) {
      Case given = Case.of(layout, ending, shape);
      Case exact = given.inFloats();
      BatchNorm actual = given.forward(bf16);
      BatchNorm expected = exact.forward(PORTABLE);
      INDArray plain = PORTABLE.batchNorm(exact.x, exact.scale, exact.shift, EPSILON).y();
      assertThat(actual.y().dataType()).isEqualTo(DataType.BFLOAT16);
      assertNear(actual.mean(), expected.mean(), 1e-6);
      assertNear(actual.variance(), expected.variance(), IN_SINGLE_SUMS);
      INDArray sum = Transforms.abs(expected.y());
      boolean adds = ending == Ending.ADDEND_RELU;
      INDArray roundings = adds ? sum.addi(Transforms.abs(plain)) : sum;
      assertRounded(actual.y(), expected.y(), roundings);
    }
  }

  /** The portable kernels get the gradients that pass where the result at hand is positive. */
  @ParameterizedTest
  @MethodSource("cases")
  void findsGradients(long[] shape, Ending ending) {
    for (Layout layout : Layout.values()) {
      Case given = Case.of(layout, ending, shape);
      Case exact = given.inFloats();
      BatchNorm forward = given.forward(bf16);
      BatchNormGradients actual = given.backward(bf16, forward);
      INDArray passed =
          ending == Ending.NONE
              ? exact.gradY
              : exact.gradY.mul(floats(forward.y()).gt(0).castTo(DataType.FLOAT));
      BatchNormGradients expected =
          PORTABLE.batchNormBackward(
              exact.x,
              passed,
              exact.scale,
              PORTABLE.batchNorm(exact.x, exact.scale, exact.shift, EPSILON),
              EPSILON);
      if (ending == Ending.ADDEND_RELU) {
        assertThat(actual.addend().dataType()).isEqualTo(DataType.BFLOAT16);
        assertThat(floats(actual.addend()).sub(passed).amaxNumber().doubleValue()).isZero();
      }
      assertThat(actual.x().dataType()).isEqualTo(DataType.BFLOAT16);
      assertNear(actual.scale(), expected.scale(), 1e-5);
      assertNear(actual.shift(), expected.shift(), 1e-5);
      // The part in g, the rest and the sum; the rest is not larger than both others.
      INDArray roundings =
          Transforms.abs(expected.x())
              .addi(partInGradient(given, passed, forward.variance()))
              .muli(2);
      assertRounded(actual.x(), expected.x(), roundings);
    }
  }

  /** |scale * r * g|. */
  private static INDArray partInGradient(Case given, INDArray passed, INDArray variance) {
    INDArray factor = given.scale.div(Transforms.sqrt(variance.add(EPSILON)));
    return Transforms.abs(PORTABLE.channelScale(passed, rows(factor, passed.size(0))));
  }

  private static INDArray rows(INDArray vector, long count) {
    return vector.reshape(1, vector.length()).repeat(0, count);
  }

  /**
   * Checks numbers that have been rounded to 8 bits, by up to a part in 256.
   *
   * @param roundings sums of the sizes of all that was rounded on the way
   */
  private static void assertRounded(INDArray actual, INDArray expected, INDArray roundings) {
    INDArray error = Transforms.abs(floats(actual).sub(expected));
    double inFloats = 1e-6 * Math.max(1, roundings.maxNumber().doubleValue());
    assertThat(error.subi(roundings.mul(0x1p-8)).maxNumber().doubleValue()).isLessThan(inFloats);
  }

  private static void assertNear(INDArray actual, INDArray expected, double tolerance) {
    assertThat(actual.dataType()).isEqualTo(DataType.FLOAT);
    double largest = Math.max(1, expected.amaxNumber().doubleValue());
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(tolerance * largest);
  }

  @ParameterizedTest
  @EnumSource(Ending.class)
  void givesTheSameBitsWhateverTheNumberOfThreads(Ending ending) {
    for (long[] shape : List.of(LARGE, LARGE_ODD)) {
      Case given = Case.of(Layout.CHANNELS_LAST, ending, shape);
      Parallel.setThreads(1);
      BatchNorm alone = given.forward(bf16);
      BatchNormGradients gradients = given.backward(bf16, alone);
      for (int threads : new int[] {2, 3}) {
        Parallel.setThreads(threads);
        BatchNorm shared = given.forward(bf16);
        assertSame(shared, alone);
        assertSame(given.backward(bf16, shared), gradients);
      }
    }
  }

  private static void assertSame(BatchNorm actual, BatchNorm expected) {
    assertSame(actual.y(), expected.y());
    assertSame(actual.mean(), expected.mean());
    assertSame(actual.variance(), expected.variance());
  }

  private static void assertSame(BatchNormGradients actual, BatchNormGradients expected) {
    assertSame(actual.x(), expected.x());
    assertSame(actual.scale(), expected.scale());
    assertSame(actual.shift(), expected.shift());
    if (expected.addend() != null) {
      assertSame(actual.addend(), expected.addend());
    }
  }

  /** To the bit, unlike the equality of arrays. */
  private static void assertSame(INDArray actual, INDArray expected) {
    assertThat(floats(actual).data().asFloat()).isEqualTo(floats(expected).data().asFloat());
  }

  @ParameterizedTest
  @EnumSource(Ending.class)
  void roundsGradientsAndAddendsThatAreFloats(Ending ending) {
    Case given = Case.of(Layout.CHANNELS_LAST, ending, 4, 16, 7, 7);
    Case mixed =
        new Case(
            given.x,
            given.scale,
            given.shift,
            floats(given.addend),
            floats(given.gradY),
            given.ending);
    BatchNorm forward = given.forward(bf16);
    assertSame(mixed.forward(bf16), forward);
    assertSame(mixed.backward(bf16, forward), given.backward(bf16, forward));
  }

  @ParameterizedTest
  @EnumSource(Ending.class)
  void doesNotHideWhatIsNotANumber(Ending ending) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      for (int channels : new int[] {3, 16}) {
        Case given = Case.of(Layout.CHANNELS_LAST, ending, 4, channels, 3, 3);
        given.x.putScalar(new int[] {1, 2, 0, 0}, bad);
        BatchNorm forward = given.forward(bf16);
        assertThat(forward.mean().getFloat(2)).isNotEqualTo(0f).matches(m -> !Float.isFinite(m));
        assertThat(forward.y().getFloat(0, 2, 0, 0)).isNaN();
        assertThat(forward.y().getFloat(0, 1, 0, 0)).isFinite();
        INDArray gradX = given.backward(bf16, forward).x();
        assertThat(gradX.getFloat(0, 2, 0, 0)).isNaN();
        assertThat(gradX.getFloat(0, 1, 0, 0)).isFinite();
      }
    }
  }

  @Test
  void doesNotHideWhatIsNotANumberElsewhere() {
    Case given = Case.of(Layout.CHANNELS_LAST, Ending.ADDEND_RELU, 4, 16, 3, 3);
    given.addend.putScalar(new int[] {1, 2, 0, 0}, Float.NaN);
    BatchNorm forward = given.forward(bf16);
    assertThat(forward.y().getFloat(1, 2, 0, 0)).isNaN();
    assertThat(forward.y().getFloat(0, 2, 0, 0)).isFinite();
    given.gradY.putScalar(new int[] {3, 5, 1, 1}, Float.NaN);
    BatchNormGradients gradients = given.backward(bf16, forward);
    assertThat(gradients.addend().getFloat(3, 5, 1, 1)).isNaN();
    assertThat(gradients.x().getFloat(0, 5, 0, 0)).isNaN();
    Case scaled = Case.of(Layout.CHANNELS_LAST, Ending.RELU, 4, 16, 3, 3);
    scaled.scale.putScalar(4, Float.NaN);
    assertThat(scaled.forward(bf16).y().getFloat(0, 4, 0, 0)).isNaN();
  }

  @Test
  void remembersWhereTheReluPassedUnlessThatMightHideSomething() {
    Case given = Case.of(Layout.CHANNELS_LAST, Ending.RELU, LARGE_ODD);
    BatchNorm forward = given.forward(bf16);
    assertThat(forward.memory().length() * Float.SIZE)
        .isBetween(given.x.length(), given.x.length() + 31);
    BatchNorm forgetful = new BatchNorm(forward.y(), forward.mean(), forward.variance());
    assertSame(given.backward(bf16, forward), given.backward(bf16, forgetful));
    given.scale.putScalar(1, Float.NaN);
    assertThat(given.forward(bf16).memory()).isNull();
  }

  /** Elsewhere it is no more than a gradient that is lost anyway. */
  @Test
  void aGradientThatIsNotANumberShowsWhereItPasses() {
    Case given = Case.of(Layout.CHANNELS_LAST, Ending.RELU, 4, 16, 3, 3);
    given.shift.putScalar(5, 100);
    BatchNorm forward = given.forward(bf16);
    given.gradY.putScalar(new int[] {3, 5, 1, 1}, Float.NaN);
    BatchNormGradients gradients = given.backward(bf16, forward);
    assertThat(gradients.x().getFloat(0, 5, 0, 0)).isNaN();
    assertThat(gradients.scale().getFloat(5)).isNaN();
    assertThat(gradients.x().getFloat(0, 4, 0, 0)).isFinite();
  }

  @Test
  void negativeNumbersBecomeZerosWithoutASign() {
    Case given = Case.of(Layout.CHANNELS_LAST, Ending.ADDEND_RELU, 4, 16, 3, 3);
    INDArray y = floats(given.forward(bf16).y());
    for (long i = 0; i < y.length(); i++) {
      assertThat(Float.floatToRawIntBits(y.getFloat(i))).isNotNegative();
    }
  }

  @Test
  void statisticsKeepTheirDigitsFarFromZero() {
    INDArray x = Samples.normals(1, LARGE).muli(2).addi(200);
    INDArray rounded = bf16(Layout.CHANNELS_LAST, x);
    INDArray ones = Samples.array(new long[] {1, 16}, new double[16]).addi(1).reshape(16);
    BatchNorm actual = bf16.batchNorm(rounded, ones, ones, EPSILON);
    BatchNorm expected = PORTABLE.batchNorm(floats(rounded), ones, ones, EPSILON);
    assertNear(actual.mean(), expected.mean(), 1e-6);
    assertNear(actual.variance(), expected.variance(), IN_SINGLE_SUMS);
  }

  /** oneDNN's reference implementations take a hundred times as long. */
  @Test
  void runsOnFastImplementations() {
    OneDnn kernels = (OneDnn) bf16;
    INDArray rows = bf16(Layout.ROW_MAJOR, Samples.normals(1, 100, 64));
    INDArray vector = Samples.normals(2, 64);
    INDArray zero = NormKernels.ZERO;
    for (Ending ending : Ending.values()) {
      for (Form form : Form.values()) {
        Norm norm = new Norm(EPSILON, ending, form);
        assertFast(
            kernels.implementations(
                Operation.NORM_RESULT,
                norm,
                rows,
                vector,
                vector,
                vector,
                vector,
                rows,
                zero,
                rows));
        assertFast(
            kernels.implementations(
                Operation.NORM_SUMS,
                norm,
                rows,
                rows,
                vector,
                vector,
                vector,
                rows,
                vector,
                vector,
                rows,
                zero,
                rows));
      }
    }
    Norm plain = new Norm(EPSILON, Ending.NONE);
    assertFast(kernels.implementations(Operation.NORM_STATISTICS, plain, rows, vector, vector));
    assertFast(
        kernels.implementations(
            Operation.NORM_GRADIENT, plain, rows, vector, vector, vector, vector, rows));
  }

  private static void assertFast(List<String> implementations) {
    assertThat(implementations).isNotEmpty().allMatch(name -> name.contains("jit"));
  }

  @Test
  void wideRowsCoverEveryRowOnceAndFillVectors() {
    shapes()
        .forEach(
            shape -> {
              INDArray x = bf16(Layout.CHANNELS_LAST, Samples.normals(1, shape));
              long next = 0;
              for (WideRows rows : WideRows.of(x)) {
                assertThat(rows.first()).isEqualTo(next);
                assertThat(rows.repeats() == 1 || rows.length() % 16 == 0).isTrue();
                long covered = 0;
                for (int piece = 0; piece < rows.pieces(); piece++) {
                  assertThat(rows.rowsOf(piece)).isPositive();
                  covered += rows.rowsOf(piece);
                }
                assertThat(covered).isEqualTo(rows.count());
                next += rows.count() * rows.repeats();
              }
              assertThat(next).isEqualTo(x.length() / x.size(1));
            });
  }

  @Test
  void momentsOfPartsMakeThoseOfAll() {
    Moments moments = new Moments(1);
    moments.add(3, new float[] {2}, new float[] {2f / 3});
    moments.add(1, new float[] {10}, new float[] {0});
    assertThat(moments.mean()).containsExactly(4);
    // Of 1, 2, 3 and 10.
    assertThat(moments.variance()).containsExactly(12.5f);
  }
}
