package io.bayes4j.core.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.conv.Convolutions;
import io.bayes4j.core.ops.norm.Normalizations;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class PlanTest {
  private static final ConvGeometry SAME =
      new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
  private static final double EPSILON = 1e-5;

  private final Var x = Var.leaf(Samples.normals(Layout.CHANNELS_LAST, 1, 2, 4, 5, 5));
  private final Var w = Var.leaf(Samples.normals(2, 4, 4, 3, 3));
  private final Var bias = Var.leaf(Samples.normals(3, 4));
  private final Var scale = Var.leaf(Samples.normals(4, 4));
  private final Var shift = Var.leaf(Samples.normals(5, 4));
  private final Var other = Var.leaf(Samples.normals(6, 2, 4, 5, 5));
  private final INDArray factors = Samples.normals(7, 2, 4);

  private Var conv() {
    return Convolutions.conv(x, w, bias, SAME);
  }

  private Var affine(Var y) {
    return Normalizations.channelAffine(y, scale, shift);
  }

  private Var norm(Var y) {
    return Normalizations.batchNorm(y, scale, shift, EPSILON).y();
  }

  private Var scaled(Var y) {
    return Normalizations.addScaled(y, Convolutions.conv(other, w, null, SAME), factors);
  }

  /** Chains of operations of which some or all become one. */
  static Stream<Named<Function<PlanTest, Var>>> chains() {
    return Stream.of(
        chain("conv, affine", t -> t.affine(t.conv())),
        chain("conv, affine, affine", t -> t.affine(t.affine(t.conv()))),
        chain("conv, relu", t -> Activations.relu(t.conv())),
        chain("conv, relu, relu", t -> Activations.relu(Activations.relu(t.conv()))),
        chain("conv, relu, affine", t -> t.affine(Activations.relu(t.conv()))),
        chain("conv, sum", t -> Ops.add(t.conv(), t.other)),
        chain("sum, conv second", t -> Ops.add(t.other, t.conv())),
        chain("conv, sum, affine", t -> t.affine(Ops.add(t.conv(), t.other))),
        chain("conv, sum, sum", t -> Ops.add(Ops.add(t.conv(), t.other), t.x)),
        chain("conv + conv", t -> Ops.add(t.conv(), t.conv())),
        chain("conv + itself", t -> twice(t.conv())),
        chain(
            "conv, affine, sum, relu", t -> Activations.relu(Ops.add(t.affine(t.conv()), t.other))),
        chain("conv, tanh", t -> Activations.tanh(t.conv())),
        chain("sum, relu", t -> Activations.relu(Ops.add(t.x, t.other))),
        chain("norm", t -> t.norm(t.x)),
        chain("norm, relu", t -> Activations.relu(t.norm(t.x))),
        chain("norm, relu, relu", t -> Activations.relu(Activations.relu(t.norm(t.x)))),
        chain(
            "norm, used plain and after relu",
            t -> {
              Var y = t.norm(t.conv());
              return Ops.add(Activations.relu(y), y);
            }),
        chain("norm, sum, relu", t -> Activations.relu(Ops.add(t.norm(t.conv()), t.other))),
        chain("sum, norm second, relu", t -> Activations.relu(Ops.add(t.other, t.norm(t.conv())))),
        chain(
            "norm + norm, relu", t -> Activations.relu(Ops.add(t.norm(t.conv()), t.norm(t.other)))),
        chain("norm + itself, relu", t -> Activations.relu(twice(t.norm(t.conv())))),
        chain("norm + its input, relu", t -> Activations.relu(Ops.add(t.norm(t.x), t.x))),
        chain(
            "norm, relu, sum, relu",
            t -> Activations.relu(Ops.add(Activations.relu(t.norm(t.x)), t.other))),
        chain("scaled sum", t -> t.scaled(t.conv())),
        chain("scaled sum, relu", t -> Activations.relu(t.scaled(t.conv()))),
        chain("scaled sum, affine, relu", t -> Activations.relu(t.affine(t.scaled(t.conv())))),
        chain(
            "scaled sum, affine, sum, relu",
            t -> Activations.relu(Ops.add(t.affine(t.scaled(t.conv())), t.x))),
        chain("scaled sum of what is known", t -> t.affine(t.scaled(t.other))));
  }

  private static Named<Function<PlanTest, Var>> chain(String name, Function<PlanTest, Var> build) {
    return Named.of(name, build);
  }

  private static Var twice(Var y) {
    return Ops.add(y, y);
  }

  private static double[] values(Var y) {
    return Doubles.of(y.value());
  }

  @ParameterizedTest
  @MethodSource("chains")
  void aFusedPredictionIsThePlainOne(Function<PlanTest, Var> chain) {
    double[] plain = Gradients.off(() -> values(chain.apply(this)));
    double[] fused = Gradients.off(() -> values(Plan.scope(() -> chain.apply(this))));
    assertThat(fused).containsExactly(plain, within(1e-4));
  }

  @ParameterizedTest
  @MethodSource("chains")
  void fusedTrainingIsThePlainOne(Function<PlanTest, Var> chain) {
    Var plain = chain.apply(this);
    Var fused = Plan.scope(() -> chain.apply(this));
    assertThat(values(fused)).containsExactly(values(plain), within(1e-5));
    INDArray weights = Samples.normals(8, plain.shape());
    Gradients expected = Gradients.of(plain, weights);
    Gradients actual = Gradients.of(fused, weights);
    for (Var leaf : List.of(x, w, bias, scale, shift, other)) {
      assertThat(Doubles.of(actual.get(leaf)))
          .containsExactly(Doubles.of(expected.get(leaf)), within(1e-3));
    }
  }

  @ParameterizedTest
  @MethodSource("chains")
  void whatIsNotANumberStaysSo(Function<PlanTest, Var> chain) {
    scale.value().putScalar(1, Float.NaN);
    w.value().putScalar(new int[] {1, 0, 0, 0}, Float.NaN);
    x.value().putScalar(new int[] {0, 1, 0, 0}, Float.NaN);
    boolean[] plain = Gradients.off(() -> numbers(chain.apply(this)));
    assertThat(Gradients.off(() -> numbers(Plan.scope(() -> chain.apply(this))))).isEqualTo(plain);
    assertThat(numbers(Plan.scope(() -> chain.apply(this)))).isEqualTo(plain);
  }

  private static boolean[] numbers(Var y) {
    double[] values = values(y);
    boolean[] numbers = new boolean[values.length];
    for (int i = 0; i < values.length; i++) {
      numbers[i] = !Double.isNaN(values[i]);
    }
    return numbers;
  }

  @Test
  void bothTheResultAndWhatFollowsItCanBeAskedFor() {
    Var[] kept = new Var[2];
    Supplier<Var> work =
        () -> {
          kept[0] = conv();
          kept[1] = affine(kept[0]);
          return Activations.relu(kept[1]);
        };
    double[] fused = Gradients.off(() -> values(Plan.scope(work)));
    Gradients.off(
        () -> {
          assertThat(values(kept[0])).containsExactly(values(conv()), within(1e-5));
          assertThat(values(kept[1])).containsExactly(values(affine(conv())), within(1e-4));
          assertThat(values(Activations.relu(kept[1]))).containsExactly(fused, within(1e-4));
          return kept;
        });
  }

  @Test
  void theStatisticsAreKnownWhetherOrNotTheResultWasAskedFor() {
    double[] expected = Doubles.of(Normalizations.batchNorm(x, scale, shift, EPSILON).mean());
    Plan.scope(
        () -> {
          Normalizations.Normalized norm = Normalizations.batchNorm(x, scale, shift, EPSILON);
          assertThat(Doubles.of(norm.mean())).isEqualTo(expected);
          return Activations.relu(norm.y());
        });
  }

  @Test
  void aResultIsComputedByTheProviderOfItsCall() {
    CountingProvider counting = new CountingProvider(Kernels.provider());
    Var y =
        Gradients.off(
            () ->
                Plan.scope(
                    () -> {
                      Var inside = Kernels.with(counting.proxy(), this::conv);
                      assertThat(counting.calls()).isEmpty();
                      return Activations.tanh(inside);
                    }));
    assertThat(counting.calls()).containsExactly("conv");
    assertThat(y.shape()).containsExactly(2, 4, 5, 5);
  }

  @Test
  void theEndOfAResidualBlockIsOneKernelEachWay() {
    CountingProvider counting = new CountingProvider(Kernels.provider());
    Kernels.with(
        counting.proxy(),
        () -> {
          Var y = Plan.scope(() -> Activations.relu(Ops.add(norm(x), other)));
          return Gradients.of(y, Samples.normals(8, y.shape()));
        });
    assertThat(counting.calls()).containsExactly("batchNorm", "batchNormBackward");
    assertThat(counting.epilogues())
        .hasSize(2)
        .allMatch(after -> after.relu() && after.addend() == other.value());
  }

  @Test
  void badInputFailsWhereItIsGiven() {
    Plan.scope(
        () -> {
          Var narrow = Var.constant(Samples.normals(1, 2, 3, 5, 5));
          assertThatThrownBy(() -> Convolutions.conv(narrow, w, bias, SAME))
              .isInstanceOf(IllegalArgumentException.class);
          assertThatThrownBy(() -> norm(narrow)).isInstanceOf(IllegalArgumentException.class);
          assertThatThrownBy(() -> Normalizations.addScaled(narrow, x, factors))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("[2, 3, 5, 5]");
          return x;
        });
  }
}
