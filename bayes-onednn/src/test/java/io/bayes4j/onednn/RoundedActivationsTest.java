package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.ResidualShortcut;
import io.bayes4j.core.ops.conv.Convolutions;
import io.bayes4j.core.ops.norm.Normalizations;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Activations that stay BFLOAT16 arrays from kernel to kernel. */
class RoundedActivationsTest {
  private static final KernelProvider F32 = new OneDnn();
  private static final ConvGeometry SAME = geometry(3, 1);
  private static final ConvGeometry HALF = geometry(2, 2);

  private final Var input = Var.leaf(Samples.normals(Layout.CHANNELS_LAST, 1, 6, 16, 8, 8));
  private final Var first = Var.leaf(Samples.normals(2, 16, 16, 3, 3).muli(0.1));
  private final Var second = Var.leaf(Samples.normals(3, 16, 16, 3, 3).muli(0.1));
  private final Var bias = Var.leaf(Samples.normals(4, 16));
  private final Var scale = Var.leaf(Samples.normals(5, 16).addi(3));
  private final Var shift = Var.leaf(Samples.normals(6, 16));
  private final List<Var> leaves = List.of(input, first, second, bias, scale, shift);

  @BeforeAll
  static void needBf16() {
    NativeLibrary.load();
    assumeTrue(NativeLibrary.multipliesBf16(), "the processor has BF16 instructions");
  }

  private static ConvGeometry geometry(int kernel, int stride) {
    return new ConvGeometry(
        List.of(kernel, kernel),
        List.of(stride, stride),
        List.of(kernel / 3, kernel / 3),
        List.of(1, 1),
        1);
  }

  private static <T> T in(Precision precision, Supplier<T> work) {
    return Kernels.with(F32, () -> Kernels.in(precision, work));
  }

  private Var residual(Var x) {
    Var y = convolved(x);
    y = Activations.relu(Normalizations.batchNorm(y, scale, shift, 1e-5).y());
    y = Convolutions.conv(y, second, null, SAME);
    y = Normalizations.batchNorm(y, scale, shift, 1e-5).y();
    return Activations.relu(Ops.add(y, x));
  }

  private Var linear(Var x) {
    Var y = Normalizations.batchNorm(convolved(x), scale, shift, 1e-5).y();
    return Ops.add(Convolutions.conv(y, second, bias, SAME), x);
  }

  private Var convolved(Var x) {
    return Convolutions.conv(x, first, null, SAME);
  }

  private Var pooled(Var x) {
    Var y = Activations.relu(Convolutions.conv(x, first, bias, SAME));
    return Convolutions.avgPool(Convolutions.maxPool(y, HALF), HALF);
  }

  private Var mixed(Var x) {
    Var y = Convolutions.conv(x, first, bias, SAME);
    return Ops.add(Activations.sigmoid(y), ResidualShortcut.subsample(y, 1, 0, 0));
  }

  /** The result and the gradients of all leaves. */
  private List<INDArray> run(Precision precision, Function<Var, Var> network) {
    return in(
        precision,
        () -> {
          Var y = Plan.scope(() -> network.apply(input));
          Gradients g = Gradients.of(y, Samples.normals(7, y.shape()));
          return Stream.concat(Stream.of(y.value()), leaves.stream().map(g::get)).toList();
        });
  }

  /**
   * A few roundings to eight bits, independent of each other. Where they push a number across a
   * ReLU's zero, about one in 250 times, they change its gradient wholly: a root of that in all.
   */
  private void resembleFloats(double tolerance, Function<Var, Var> network) {
    List<INDArray> rounded = run(Precision.BF16, network);
    List<INDArray> floats = run(Precision.F32, network);
    for (int i = 0; i < floats.size(); i++) {
      assertThat(rounded.get(i).dataType()).isEqualTo(DataType.FLOAT);
      double norm = floats.get(i).norm2Number().doubleValue();
      double error = rounded.get(i).sub(floats.get(i)).norm2Number().doubleValue();
      assertThat(error).as("array %d", i).isLessThanOrEqualTo(tolerance * norm);
    }
    assertThat(rounded.get(0)).isNotEqualTo(floats.get(0));
  }

  @Test
  void aResidualBlockGivesAboutTheSameGradients() {
    resembleFloats(0.1, this::residual);
    resembleFloats(0.15, x -> residual(residual(x)));
  }

  @Test
  void withoutReluTheyAreCloser() {
    resembleFloats(0.02, this::linear);
    resembleFloats(0.02, x -> linear(linear(x)));
  }

  @Test
  void soDoPoolings() {
    resembleFloats(0.1, this::pooled);
  }

  @Test
  void soDoOperationsThatKnowFloatsAlone() {
    resembleFloats(0.02, this::mixed);
  }

  @Test
  void aConvolutionOfExactNumbersIsRoundedOnce() {
    INDArray x = Samples.array(new long[] {1, 1, 1, 1}, 1);
    INDArray weight = Samples.array(new long[] {1, 1, 1, 1}, 3);
    INDArray fine = Samples.array(new long[] {1}, 0x1p-9f);
    ConvGeometry point =
        new ConvGeometry(List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(1, 1), 1);
    Var y =
        in(
            Precision.BF16,
            () -> Convolutions.conv(Var.constant(x), Var.leaf(weight), Var.constant(fine), point));
    assertThat(y.item()).isEqualTo(3);
    Var exact =
        in(
            Precision.F32,
            () -> Convolutions.conv(Var.constant(x), Var.leaf(weight), Var.constant(fine), point));
    assertThat(exact.item()).isEqualTo(3 + 0x1p-9f);
  }

  @Test
  void theNextKernelInSinglePrecisionReadsFloats() {
    Var rounded = in(Precision.BF16, () -> Convolutions.conv(input, first, bias, SAME));
    Var y = in(Precision.F32, () -> Convolutions.conv(rounded, second, null, SAME));
    Var expected =
        in(
            Precision.F32,
            () -> Convolutions.conv(Var.constant(rounded.value()), second, null, SAME));
    assertThat(y.value()).isEqualTo(expected.value());
    INDArray g = in(Precision.F32, () -> Gradients.of(Ops.sum(y)).get(first));
    assertThat(g.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(g.norm2Number().doubleValue()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void subsamplingMovesElementsWithoutChange(int added) {
    INDArray exact = Kernels.cast(Kernels.cast(input.value(), DataType.BFLOAT16), DataType.FLOAT);
    Var pool = Var.leaf(exact);
    Function<Precision, List<INDArray>> run =
        precision ->
            in(
                precision,
                () -> {
                  Var x = Convolutions.maxPool(roundedCopy(pool), geometry(1, 1));
                  Var y = ResidualShortcut.subsample(x, 2, added, added);
                  INDArray g = Samples.normals(8, y.shape());
                  INDArray up = Kernels.cast(Kernels.cast(g, DataType.BFLOAT16), DataType.FLOAT);
                  return List.of(y.value(), Gradients.of(y, up).get(pool));
                });
    assertThat(run.apply(Precision.BF16)).isEqualTo(run.apply(Precision.F32));
  }

  /** The same numbers, kept as BFLOAT16 where the provider does. */
  private static Var roundedCopy(Var x) {
    return Normalizations.scaleChannels(x, Arena.allocate(x.size(0), x.size(1)).assign(1));
  }

  @Test
  void anInputThatOutlivesAScopeIsRoundedAnew() {
    Var x = Var.constant(input.value());
    Supplier<INDArray> conv =
        () -> in(Precision.BF16, () -> Convolutions.conv(x, first, bias, SAME).value()).dup();
    INDArray expected = conv.get();
    Arena arena = new Arena();
    for (int pass = 0; pass < 3; pass++) {
      INDArray y = arena.scope(conv);
      assertThat(y).isEqualTo(expected);
      arena.scope(
          () -> Arena.allocate(DataType.BFLOAT16, Layout.CHANNELS_LAST, x.shape()).assign(9));
    }
  }

  @Test
  void aLeafThatChangesIsRoundedAnew() {
    Var x = Var.leaf(input.value().dup());
    Supplier<INDArray> conv =
        () -> in(Precision.BF16, () -> Convolutions.conv(x, first, null, SAME).value());
    INDArray before = conv.get();
    x.value().muli(2);
    assertThat(conv.get()).isEqualTo(before.mul(2));
  }

  @Test
  void aResultOfAnOuterScopeIsRoundedAnew() {
    Arena arena = new Arena();
    arena.scope(
        () -> {
          Var x = in(Precision.F32, () -> Convolutions.conv(input, first, null, SAME));
          Supplier<INDArray> conv =
              () -> in(Precision.BF16, () -> Convolutions.conv(x, second, null, SAME).value());
          INDArray once = arena.scope(() -> conv.get().dup());
          arena.scope(
              () -> Arena.allocate(DataType.BFLOAT16, Layout.CHANNELS_LAST, x.shape()).assign(9));
          assertThat(arena.scope(conv)).isEqualTo(once);
          assertThat(conv.get()).isEqualTo(once);
        });
  }

  @Test
  void vectorsAreRoundedToo() {
    INDArray vector = Noise.seeded(5).normals(9);
    INDArray rounded = F32.cast(vector, DataType.BFLOAT16);
    assertThat(F32.cast(rounded, DataType.FLOAT))
        .isEqualTo(
            Kernels.portable()
                .cast(Kernels.portable().cast(vector, DataType.BFLOAT16), DataType.FLOAT));
  }

  @Test
  void trainingDoesNotGrow() {
    Arena arena = new Arena();
    long bytes = 0;
    for (int step = 0; step < 60; step++) {
      arena.scope(() -> run(Precision.BF16, this::residual).size());
      if (step == 9) {
        bytes = arena.bytes();
      }
    }
    assertThat(arena.bytes()).isEqualTo(bytes);
  }
}
