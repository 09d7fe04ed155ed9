package io.bayes4j.core.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.graph.DrawInvariantResults;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.ops.conv.Convolutions;
import io.bayes4j.core.ops.norm.Normalizations;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.GaussianPosterior;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class DerivedWeightsTest {
  private static final ConvGeometry SAME =
      new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);

  private final INDArray weight = Samples.normals(1, 4, 4, 3, 3);
  private final INDArray scale = Samples.normals(2, 4);
  private final INDArray shift = Samples.normals(3, 4);
  private final INDArray x = Samples.normals(4, 2, 4, 5, 5);
  private final Arena arena = new Arena();
  private final AtomicInteger made = new AtomicInteger();

  private DerivedWeights prepared() {
    return DerivedWeights.in(arena, List.of(weight, scale, shift));
  }

  private Var chain() {
    Var y = Convolutions.conv(Var.constant(x), Var.constant(weight), null, SAME);
    Var normed = Normalizations.channelAffine(y, Var.constant(scale), Var.constant(shift));
    return Activations.relu(normed);
  }

  @Test
  void foldAndPrepareOnceForAllScopes() {
    double[] expected = Doubles.of(Plan.scope(this::chain).value());
    CountingProvider counting = new CountingProvider(Kernels.portable());
    arena.scope(
        () -> {
          DerivedWeights prepared = prepared();
          for (int i = 0; i < 3; i++) {
            Supplier<Var> work = () -> Plan.scope(prepared, DrawInvariantResults.NONE, this::chain);
            assertThat(Doubles.of(Kernels.with(counting.proxy(), work).value()))
                .isEqualTo(expected);
            Kernels.with(Kernels.portable(), work);
          }
        });
    // Each call of proxy() is another provider.
    assertThat(Collections.frequency(counting.calls(), "prepareConv")).isEqualTo(3);
  }

  @Test
  void areOfOneProvider() {
    CountingProvider counting = new CountingProvider(Kernels.portable());
    var provider = counting.proxy();
    arena.scope(
        () -> {
          DerivedWeights prepared = prepared();
          for (int i = 0; i < 3; i++) {
            Kernels.with(
                provider, () -> Plan.scope(prepared, DrawInvariantResults.NONE, this::chain));
          }
        });
    assertThat(Collections.frequency(counting.calls(), "prepareConv")).isEqualTo(1);
  }

  private int make(DerivedWeights prepared, Object purpose, INDArray... from) {
    return prepared.once(purpose, Arrays.asList(from), made::incrementAndGet);
  }

  @Test
  void areKeptForLastingArraysAndThoseOfTheArenaAlone() {
    arena.scope(
        () -> {
          DerivedWeights prepared = prepared();
          INDArray lent = Arena.allocate(4);
          int first = make(prepared, "a", weight, null, lent);
          assertThat(make(prepared, "a", weight, null, lent)).isEqualTo(first);
          assertThat(make(prepared, "b", weight, null, lent)).isNotEqualTo(first);
          assertThat(make(prepared, "a", weight, scale, lent)).isNotEqualTo(first);
          assertThat(make(prepared, "a", weight, null)).isNotEqualTo(first);
          INDArray copy = weight.dup();
          assertThat(make(prepared, "a", copy)).isNotEqualTo(make(prepared, "a", copy));
          Arena.release(lent);
          assertThat(make(prepared, "a", weight, null, lent)).isNotEqualTo(first);
        });
  }

  @Test
  void keepNothingOfAnotherArena() {
    Arena other = new Arena();
    arena.scope(
        () -> {
          DerivedWeights prepared = prepared();
          other.scope(
              () -> {
                INDArray recycled = Arena.allocate(4);
                assertThat(make(prepared, "a", recycled))
                    .isNotEqualTo(make(prepared, "a", recycled));
                INDArray result = prepared.once("b", List.of(weight), () -> Arena.allocate(4));
                assertThat(arena.lends(result)).isTrue();
                assertThat(other.lends(result)).isFalse();
              });
        });
  }

  @Test
  void belongToTheScopeThatNamesThem() {
    arena.scope(
        () -> {
          DerivedWeights outer = prepared();
          DerivedWeights inner = prepared();
          assertThat(Plan.prepared()).isSameAs(DerivedWeights.NONE);
          Plan.scope(
              outer,
              DrawInvariantResults.NONE,
              () -> {
                Plan.scope(() -> check(outer));
                Plan.scope(inner, DrawInvariantResults.NONE, () -> check(inner));
                return check(outer);
              });
          assertThat(Plan.on()).isFalse();
        });
  }

  private static Var check(DerivedWeights expected) {
    assertThat(Plan.prepared()).isSameAs(expected);
    return Var.constant(0);
  }

  @Test
  void doNotHideWhatIsNotANumber() {
    weight.putScalar(5, Float.NaN);
    arena.scope(
        () -> {
          double[] y =
              Doubles.of(Plan.scope(prepared(), DrawInvariantResults.NONE, this::chain).value());
          assertThat(y).contains(Double.NaN);
        });
  }

  /** What a dense layer computes in three predictions, and how often its weights are prepared. */
  private int preparationsOfDenseLayer(DerivedWeights prepared, INDArray w, INDArray bias) {
    INDArray in = Samples.normals(6, 5, 3);
    double[] expected = Doubles.of(Kernels.portable().linear(in, w, bias));
    CountingProvider counting = new CountingProvider(Kernels.portable());
    var provider = counting.proxy();
    for (int i = 0; i < 3; i++) {
      Supplier<Var> layer =
          () -> Convolutions.linear(Var.constant(in), Var.constant(w), Var.constant(bias));
      Supplier<Var> work = () -> Plan.scope(prepared, DrawInvariantResults.NONE, layer);
      assertThat(Doubles.of(Kernels.with(provider, work).value())).isEqualTo(expected);
    }
    return Collections.frequency(counting.calls(), "prepareLinear");
  }

  @Test
  void haveDenseLayersOfManyPredictionsIfThereIsRoom() {
    Arena drawn = Arena.lasting();
    INDArray bias = drawn.adopt(() -> Detached.fill(Arena.allocate(4), 0.5));
    INDArray w = drawn.adopt(() -> Detached.copy(Samples.normals(7, 4, 3), Arena.allocate(4, 3)));
    long room = Float.BYTES * (w.length() + bias.length());
    Arena made = Arena.lasting();
    assertThat(preparationsOfDenseLayer(DerivedWeights.in(drawn, made, room), w, bias)).isOne();
    assertThat(preparationsOfDenseLayer(DerivedWeights.in(drawn, made, room - 1), w, bias))
        .isZero();
    INDArray others = Samples.normals(7, 4, 3);
    assertThat(preparationsOfDenseLayer(DerivedWeights.in(drawn, made, room), others, bias))
        .as("weights that may be written into")
        .isZero();
    arena.scope(
        () ->
            assertThat(
                    preparationsOfDenseLayer(DerivedWeights.in(arena, List.of(w, bias)), w, bias))
                .as("a single prediction")
                .isZero());
  }

  @Test
  void haveNoDenseLayerWhoseWeightsThePlanComputes() {
    Arena drawn = Arena.lasting();
    DerivedWeights prepared = DerivedWeights.in(drawn, Arena.lasting(), Long.MAX_VALUE);
    CountingProvider counting = new CountingProvider(Kernels.portable());
    INDArray w = Samples.normals(7, 4, 3);
    Supplier<Var> layer =
        () ->
            Convolutions.linear(
                Var.constant(Samples.normals(6, 5, 3)), Activations.tanh(Var.constant(w)), null);
    Kernels.with(
        counting.proxy(),
        () -> drawn.adopt(() -> Plan.scope(prepared, DrawInvariantResults.NONE, layer)));
    assertThat(counting.calls()).contains("linear").doesNotContain("prepareLinear");
  }

  @Test
  void areCheckedBeforeTheyAreMade() {
    assertThatThrownBy(() -> Kernels.prepareLinear(shift, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weight");
    assertThatThrownBy(
            () -> Kernels.prepareLinear(Samples.normals(1, 4, 3), scale.dup().reshape(4, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bias");
    assertThatThrownBy(
            () ->
                Kernels.prepareLinear(Samples.normals(1, 4, 3), null)
                    .linear(Samples.normals(2, 5, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x must have 3 features, got shape [5, 4]");
    assertThatThrownBy(() -> Kernels.prepareConv(weight, Samples.normals(1, 3), SAME))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bias");
    assertThatThrownBy(() -> Kernels.prepareConv(Samples.normals(1, 4, 4, 2, 2), null, SAME))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[4, 4, 2, 2]");
  }

  @Test
  void drawsShareTheirStandardDeviations() {
    GaussianPosterior q = GaussianPosterior.ofRho(weight, Samples.normals(5, 4, 4, 3, 3));
    Noise noise = Noise.seeded(1);
    double[] first = Doubles.of(q.sample(noise).value());
    double[] random = Doubles.of(q.perturbation(noise.split(1)).value());
    arena.scope(
        () -> {
          DerivedWeights shared =
              DerivedWeights.in(arena, List.of(q.mu().value(), q.rho().value()));
          assertThat(drawing(shared, () -> q.sample(noise))).isEqualTo(first);
          INDArray sigma = shared.once("sigma", List.of(q.rho().value()), () -> Arena.allocate(1));
          assertThat(Doubles.of(sigma)).isEqualTo(Doubles.of(q.sigma()));
          Detached.fill(sigma, 0);
          assertThat(drawing(shared, () -> q.sample(noise))).isEqualTo(Doubles.of(weight));
          Detached.copy(q.sigma(), sigma);
          assertThat(drawing(shared, () -> q.perturbation(noise.split(1)))).isEqualTo(random);
          return shared;
        });
    assertThat(DerivedWeights.ofDraw()).isSameAs(DerivedWeights.NONE);
  }

  private static double[] drawing(DerivedWeights shared, Supplier<Var> draw) {
    return shared.drawing(() -> Doubles.of(draw.get().value()));
  }

  @Test
  void drawsShareNothingOfParametersThatMayChange() {
    GaussianPosterior q = GaussianPosterior.ofRho(weight, 0.5);
    arena.scope(
        () -> {
          DerivedWeights shared = prepared();
          drawing(shared, () -> q.sample(Noise.seeded(1)));
          assertThat(shared.covers(List.of(q.rho().value()))).isFalse();
          Detached.fill(q.rho().value(), -100);
          assertThat(drawing(shared, () -> q.sample(Noise.seeded(1))))
              .isEqualTo(Doubles.of(weight));
          return shared;
        });
  }
}
