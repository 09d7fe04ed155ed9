package io.bayes4j.core.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class AddLastTest {
  private static final ConvGeometry SAME =
      new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);

  private final Var x = Var.constant(Samples.normals(Layout.CHANNELS_LAST, 1, 2, 4, 5, 5));
  private final Var w = Var.constant(Samples.normals(2, 4, 4, 3, 3));
  private final Arena arena = new Arena();

  private Var conv(Var in) {
    return Convolutions.conv(in, w, null, SAME);
  }

  /** relu(conv(relu(conv(b))) + b) for an addend b. */
  private Var block(Var b, boolean last) {
    Var y = conv(Activations.relu(conv(b)));
    return Activations.relu(last ? Ops.addLast(y, b) : Ops.add(y, b));
  }

  private double[] expected(UnaryOperator<Var> addend) {
    return values(Fusion.scope(() -> block(addend.apply(x), false)));
  }

  private static double[] values(Var y) {
    return Doubles.of(y.value());
  }

  /** Runs a block on an addend and says whether the addend has been given back. */
  private boolean takes(UnaryOperator<Var> addend) {
    double[] expected = expected(addend);
    boolean[] taken = new boolean[1];
    Fusion.scope(
        () -> {
          Var b = addend.apply(x);
          double[] before = values(b);
          Var y = block(b, true);
          assertThat(values(y)).isEqualTo(expected);
          taken[0] = !b.computed();
          if (taken[0]) {
            assertThatThrownBy(b::value)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("given back");
          } else {
            assertThat(values(b)).isEqualTo(before);
          }
          return y;
        });
    return taken[0];
  }

  private void prediction(Runnable work) {
    Gradients.off(
        () -> {
          arena.scope(work);
          return work;
        });
  }

  @Test
  void givesBackAResultOfTheScope() {
    prediction(() -> assertThat(takes(this::conv)).isTrue());
  }

  @Test
  void givesBackWhatWasSummedInPlaceBefore() {
    prediction(() -> assertThat(takes(b -> block(conv(b), true))).isTrue());
  }

  @Test
  void leavesWhatIsNotTheResultOfAPendingOperation() {
    prediction(
        () -> {
          assertThat(takes(b -> b)).as("a constant").isFalse();
          assertThat(takes(b -> Var.constant(conv(b).value()))).as("an alias").isFalse();
          assertThat(takes(b -> Ops.reshape(conv(b), 2, 4, 5, 5))).as("a view").isFalse();
        });
  }

  @Test
  void leavesWhatIsNotOfTheInnermostScope() {
    assertThat(Gradients.off(() -> takes(this::conv))).as("no arena").isFalse();
    prediction(
        () -> {
          Var outer = Fusion.scope(() -> conv(x));
          arena.scope(() -> assertThat(takes(b -> outer)).isFalse());
        });
  }

  @Test
  void leavesEverythingWhileGradientsAreRecorded() {
    arena.scope(
        () -> {
          assertThat(takes(this::conv)).isFalse();
          assertThat(Gradients.off(() -> takes(this::conv))).isTrue();
        });
  }

  @Test
  void isRightWhereTheConvolutionReadsTheAddendItself() {
    double[] expected =
        values(
            Fusion.scope(
                () -> {
                  Var b = conv(x);
                  return Ops.add(conv(b), b);
                }));
    prediction(
        () -> {
          Var y =
              Fusion.scope(
                  () -> {
                    Var b = conv(x);
                    return Ops.addLast(conv(b), b);
                  });
          assertThat(values(y)).isEqualTo(expected);
        });
  }

  @Test
  void broadcastsAsASumDoes() {
    Var column = Var.constant(Samples.normals(3, 2, 4, 1, 1));
    INDArray expected = Ops.add(x, column).value();
    assertThat(Doubles.of(Ops.addLast(x, column).value())).isEqualTo(Doubles.of(expected));
  }
}
