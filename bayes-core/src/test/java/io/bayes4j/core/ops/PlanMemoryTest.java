package io.bayes4j.core.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.graph.DrawInvariantResults;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.conv.Convolutions;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Memory that nobody reads any more is used again; what somebody may read stays as it is. */
class PlanMemoryTest {
  private static final ConvGeometry SAME =
      new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);

  private final Var x = Var.constant(Samples.normals(Layout.CHANNELS_LAST, 1, 2, 4, 5, 5));
  private final Var w = Var.constant(Samples.normals(2, 4, 4, 3, 3));
  private final Arena arena = new Arena();

  private Var conv(Var in) {
    return Convolutions.conv(in, w, null, SAME);
  }

  /** relu(conv(relu(conv(b))) + b). */
  private Var block(Var b) {
    return Activations.relu(Ops.add(conv(Activations.relu(conv(b))), b));
  }

  private static double[] values(Var y) {
    return Doubles.of(y.value());
  }

  private void prediction(Runnable work) {
    Gradients.off(
        () -> {
          arena.scope(work);
          return work;
        });
  }

  /** Where no memory is ever used again. */
  private static double[] withoutArena(Supplier<double[]> work) {
    return CompletableFuture.supplyAsync(() -> Gradients.off(work)).join();
  }

  /** Runs a block on an input and says whether the input's memory has been used again. */
  private boolean takes(UnaryOperator<Var> input) {
    double[] before = values(Plan.off(() -> input.apply(x)));
    double[] expected = withoutArena(() -> values(Plan.scope(() -> block(input.apply(x)))));
    Var[] in = new Var[1];
    Var y =
        Plan.scope(
            () -> {
              in[0] = input.apply(x);
              return block(in[0]);
            });
    assertThat(values(y)).isEqualTo(expected);
    boolean taken = Plan.pending(in[0]).isPresent();
    assertThat(values(in[0]))
        .as("the input, whether it has to be computed again or not")
        .isEqualTo(before);
    assertThat(values(y)).isEqualTo(expected);
    return taken;
  }

  @Test
  void takesAResultOfTheScope() {
    prediction(() -> assertThat(takes(this::conv)).isTrue());
  }

  @Test
  void takesWhatWasSummedInPlaceBefore() {
    prediction(() -> assertThat(takes(b -> block(conv(b)))).isTrue());
  }

  @Test
  void takesAViewWithWhatItShows() {
    prediction(() -> assertThat(takes(b -> Ops.reshape(conv(b), 2, 4, 5, 5))).isTrue());
  }

  @Test
  void leavesWhatSomebodyElseMayHave() {
    prediction(
        () -> {
          assertThat(takes(b -> b)).as("a constant").isFalse();
          assertThat(takes(b -> Var.constant(conv(b).value()))).as("another's array").isFalse();
          assertThat(takes(PlanMemoryTest::seen)).as("a value that was asked for").isFalse();
          assertThat(takes(b -> behind(Ops.reshape(conv(b), 2, 4, 5, 5))))
              .as("a view that was asked for")
              .isFalse();
        });
  }

  private static Var seen(Var b) {
    Var y = Activations.tanh(b);
    y.value();
    return y;
  }

  /** What a view shows is as visible as the view. */
  private static Var behind(Var view) {
    view.value();
    return view;
  }

  @Test
  void leavesWhatIsNotOfTheInnermostScope() {
    assertThat(withoutArena(() -> takes(this::conv) ? new double[] {1} : new double[0]).length)
        .as("no arena: nothing to use again, but nothing is kept either")
        .isEqualTo(1);
    prediction(
        () -> {
          Var outer = Plan.scope(() -> conv(x));
          arena.scope(() -> assertThat(takes(b -> outer)).isFalse());
        });
  }

  @Test
  void leavesEverythingWhileGradientsAreRecorded() {
    arena.scope(
        () -> {
          Var leaf = Var.leaf(x.value());
          Var y = Plan.scope(() -> block(conv(leaf)));
          Gradients gradients = Gradients.of(Ops.sum(y));
          assertThat(Doubles.of(gradients.get(leaf))).hasSize(200);
        });
  }

  @Test
  void isRightWhereTheConvolutionReadsTheAddendItself() {
    Supplier<Var> work =
        () -> {
          Var b = conv(x);
          return Ops.add(conv(b), b);
        };
    double[] expected = withoutArena(() -> values(Plan.scope(work)));
    prediction(() -> assertThat(values(Plan.scope(work))).isEqualTo(expected));
  }

  @Test
  void aViewLivesAsLongAsItIsRead() {
    Supplier<Var> work =
        () -> {
          Var b = conv(x);
          Var flat = Ops.reshape(b, 2, 100);
          Var other = conv(conv(Activations.relu(b)));
          return Ops.add(Ops.reshape(other, 2, 100), flat);
        };
    double[] expected = withoutArena(() -> values(Plan.scope(work)));
    prediction(
        () -> {
          for (int i = 0; i < 3; i++) {
            assertThat(values(Plan.scope(work))).isEqualTo(expected);
          }
        });
  }

  @Test
  void aViewThatWasComputedEarlyLivesAsLongAsItIsRead() {
    Supplier<Var> work =
        () -> {
          Var b = conv(x);
          Var flat = Ops.reshape(b, 2, 100);
          Var doubled = Ops.scale(flat, 2);
          // Whatever is computed for this stays for those who read it later.
          assertThat(doubled.value().length()).isEqualTo(200);
          Var other = conv(conv(Activations.relu(b)));
          return Ops.add(Ops.reshape(other, 2, 100), flat);
        };
    double[] expected = withoutArena(() -> values(Plan.scope(work)));
    prediction(() -> assertThat(values(Plan.scope(work))).isEqualTo(expected));
  }

  @Test
  void aLongChainNeedsTheMemoryOfFewResults() {
    prediction(
        () ->
            assertThat(
                    Plan.scope(
                            () -> {
                              Var y = x;
                              for (int i = 0; i < 5_000; i++) {
                                y = Activations.tanh(y);
                              }
                              return y;
                            })
                        .shape())
                .containsExactly(2, 4, 5, 5));
    assertThat(arena.bytes()).isLessThan(10 * 200 * Float.BYTES);
  }

  @Test
  void whatIsSettledIsComputedOnceForAllDraws() {
    List<String> calls = new ArrayList<>();
    DrawInvariantResults settled = new DrawInvariantResults(x);
    DerivedWeights prepared = DerivedWeights.in(arena, List.of(w.value()));
    Function<INDArray, Var> draw =
        noise ->
            Plan.scope(
                prepared,
                settled,
                () -> {
                  Var still = Activations.relu(conv(Activations.relu(conv(x))));
                  Var counted =
                      Plan.operation(
                          "counted",
                          still.shape(),
                          List.of(still),
                          () -> {
                            calls.add("still");
                            return Activations.tanh(still);
                          });
                  return Ops.add(counted, Var.constant(noise));
                });
    INDArray first = Samples.normals(3, 2, 4, 5, 5);
    INDArray second = Samples.normals(4, 2, 4, 5, 5);
    double[] expected =
        withoutArena(
            () ->
                values(
                    Ops.add(
                        Activations.tanh(Activations.relu(conv(Activations.relu(conv(x))))),
                        Var.constant(second))));
    prediction(
        () -> {
          arena.scope(
              () -> {
                assertThat(draw.apply(first).shape()).containsExactly(2, 4, 5, 5);
                settled.keepIn(arena);
              });
          arena.scope(
              () -> assertThat(values(draw.apply(second))).containsExactly(expected, within(1e-5)));
        });
    assertThat(calls).hasSize(1);
  }
}
