package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.kernels.PreparedLinear;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.NativeMemory;
import io.bayes4j.core.testing.Samples;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Dense layers whose weights are prepared once give the bits of those that are not. */
class PreparedLinearTest {
  private static final OneDnn ONEDNN = new OneDnn();
  private static final int CASES = 150;
  private static final int[] UNITS = {1, 10, 31, 63, 64, 65, 100, 127, 128, 129, 400, 1000};

  private final int threads = Parallel.threads();

  @AfterEach
  void restoreThreads() {
    Parallel.setThreads(threads);
  }

  private static KernelProvider kernels(Precision precision) {
    assumeTrue(precision == Precision.F32 || NativeLibrary.multipliesBf16());
    return ONEDNN.in(precision);
  }

  /** From 1 to a number. */
  private static long upTo(long most, INDArray chances, long at) {
    return 1 + (long) (chances.getDouble(at) * (most - 1));
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void hasTheSameBits(Precision precision) {
    KernelProvider kernels = kernels(precision);
    for (int i = 0; i < CASES; i++) {
      INDArray chances = Noise.seeded(1).split(i).uniforms(3);
      long units = i % 3 == 0 ? upTo(300, chances, 0) : UNITS[i / 3 % UNITS.length];
      long features = i % 2 == 0 ? upTo(1200, chances, 1) : 16 * upTo(60, chances, 1);
      long rows = upTo(i % 5 == 0 ? 300 : 70, chances, 2);
      INDArray weight = Samples.normals(2L * i, units, features);
      INDArray bias = i % 4 == 0 ? null : Samples.normals(3L * i, units);
      INDArray x = Samples.normals(i, rows, features);
      Parallel.setThreads(1);
      double[] expected = Doubles.of(kernels.linear(x, weight, bias));
      PreparedLinear prepared = kernels.prepareLinear(i % 7 == 0 ? weight.dup('f') : weight, bias);
      for (int count : new int[] {1, 2, 3, 8}) {
        Parallel.setThreads(count);
        assertThat(Doubles.of(prepared.linear(x)))
            .as("x %s, %d units, %d threads", x.shapeInfoToString(), units, count)
            .isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void hasTheSameBitsForLongSums(Precision precision) {
    KernelProvider kernels = kernels(precision);
    INDArray weight = Samples.normals(1, 128, 9216);
    PreparedLinear prepared = kernels.prepareLinear(weight, null);
    for (int rows : new int[] {1, 16, 32, 33, 130}) {
      INDArray x = Samples.normals(2, rows, 9216);
      assertThat(Doubles.of(prepared.linear(x)))
          .isEqualTo(Doubles.of(kernels.linear(x, weight, null)));
    }
  }

  /** Each in the columns of its unit alone, and not what fills weights up. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void handsOnWhatIsNotANumber(Precision precision) {
    KernelProvider kernels = kernels(precision);
    INDArray weight = Samples.normals(1, 70, 90);
    weight.putScalar(3, 5, Float.NaN);
    weight.putScalar(69, 89, Float.POSITIVE_INFINITY);
    INDArray x = Samples.normals(2, 40, 90);
    x.putScalar(39, 0, Float.NEGATIVE_INFINITY);
    assertThat(Doubles.of(kernels.prepareLinear(weight, null).linear(x)))
        .contains(Double.NaN, Double.POSITIVE_INFINITY)
        .isEqualTo(Doubles.of(kernels.linear(x, weight, null)));
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void keepsItsMemoryInTheScopeInWhichItWasMade(Precision precision) {
    KernelProvider kernels = kernels(precision);
    INDArray weight = Samples.normals(1, 128, 300);
    Arena calls = new Arena();
    try (Arena lasting = Arena.lasting()) {
      PreparedLinear prepared = lasting.adopt(() -> kernels.prepareLinear(weight, null));
      calls.scope(() -> prepared.linear(Samples.normals(2, 40, 300)));
      long bytes = lasting.bytes();
      assertThat(bytes).isLessThan(weight.length() * Float.BYTES * 3 / 2);
      if (NativeLibrary.hasAvx512()) {
        assertThat(bytes).isPositive();
      }
      NativeMemory.assertSteady(
          20, 200, () -> calls.scope(() -> prepared.linear(Samples.normals(2, 40, 300))));
      assertThat(lasting.bytes()).isEqualTo(bytes);
    }
  }

  @Test
  void packsWeightsThatFillBlocks() {
    boolean avx512 = NativeLibrary.hasAvx512();
    assertThat(ONEDNN.prepareLinear(Samples.normals(1, 128, 64), null))
        .isInstanceOf(avx512 ? PackedLinear.class : ForwardLinear.class);
    assertThat(ONEDNN.prepareLinear(Samples.normals(1, 10, 64), null))
        .isInstanceOf(ForwardLinear.class);
    assertThat(ONEDNN.prepareLinear(Samples.normals(1, 128, 3), null))
        .isInstanceOf(ForwardLinear.class);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void servesSeveralThreadsAtOnce(Precision precision) {
    KernelProvider kernels = kernels(precision);
    INDArray weight = Samples.normals(1, 130, 300);
    INDArray x = Samples.normals(2, 50, 300);
    double[] expected = Doubles.of(kernels.linear(x, weight, null));
    for (int i = 0; i < 10; i++) {
      PreparedLinear prepared = kernels.prepareLinear(weight, null);
      assertThat(
              IntStream.range(0, 8)
                  .parallel()
                  .mapToObj(k -> Doubles.of(prepared.linear(x)))
                  .toList())
          .containsOnly(expected);
    }
  }
}
