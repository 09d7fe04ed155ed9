package io.bayes4j.core.ops.conv;

import static io.bayes4j.core.testing.Doubles.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class PaddingTest {
  private static double[] line(PaddingMode mode, int before, int after) {
    Var x = Var.constant(Samples.array(new long[] {1, 1, 4}, 1, 2, 3, 4));
    return Doubles.of(Padding.pad(x, 2, before, after, mode).value());
  }

  @Test
  void fillsTheEdgesAsThePaddingModesOfPyTorchDo() {
    assertThat(line(PaddingMode.ZEROS, 1, 2)).containsExactly(0, 1, 2, 3, 4, 0, 0);
    assertThat(line(PaddingMode.REFLECT, 3, 2)).containsExactly(4, 3, 2, 1, 2, 3, 4, 3, 2);
    assertThat(line(PaddingMode.REPLICATE, 2, 1)).containsExactly(1, 1, 1, 2, 3, 4, 4);
    assertThat(line(PaddingMode.CIRCULAR, 4, 1)).containsExactly(1, 2, 3, 4, 1, 2, 3, 4, 1);
    assertThat(line(PaddingMode.ZEROS, 0, 0)).containsExactly(1, 2, 3, 4);
  }

  @ParameterizedTest
  @EnumSource
  void padsAnyAxisOfAnyLayout(PaddingMode mode) {
    INDArray rows = Samples.normals(1, 2, 3, 4, 5);
    for (int axis = 2; axis < 4; axis++) {
      int fixed = axis;
      INDArray expected = Padding.pad(Var.constant(rows), axis, 1, 2, mode).value();
      assertAlongLastAxis(rows, axis, mode, expected);
      for (Layout layout : Layout.values()) {
        INDArray x = Samples.in(layout, rows);
        assertClose(
            mode + " " + layout,
            Padding.pad(Var.constant(x), axis, 1, 2, mode).value(),
            expected,
            0);
        GradientCheck.check(v -> Padding.pad(v[0], fixed, 1, 2, mode), x);
        GradientCheck.check(
            v -> Ops.mul(Var.constant(expected), Padding.pad(v[0], fixed, 1, 2, mode)), x);
      }
    }
  }

  /** Padding an axis is the same as moving it to the end, padding there and moving it back. */
  private static void assertAlongLastAxis(
      INDArray rows, int axis, PaddingMode mode, INDArray expected) {
    int[] swap = axis == 2 ? new int[] {0, 1, 3, 2} : new int[] {0, 1, 2, 3};
    Var moved = Ops.permute(Var.constant(rows), swap);
    Var padded = Ops.permute(Padding.pad(moved, 3, 1, 2, mode), swap);
    assertClose("moved", padded.value(), expected, 0);
  }

  @Test
  void leavesTheShapeOfItsInputAlone() {
    Var x = Var.leaf(Samples.normals(1, 2, 3, 4));
    assertThat(Padding.pad(x, 2, 1, 1, PaddingMode.ZEROS).shape()).containsExactly(2, 3, 6);
    assertThat(x.shape()).containsExactly(2, 3, 4);
  }

  @Test
  void refusesWhatDoesNotFit() {
    Var x = Var.leaf(Samples.normals(1, 2, 3, 4));
    for (int axis : new int[] {-1, 0, 1, 3}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Padding.pad(x, axis, 1, 1, PaddingMode.ZEROS))
          .withMessageContaining("axis must be in [2, 3), got " + axis);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Padding.pad(x, 2, -1, 0, PaddingMode.ZEROS))
        .withMessageContaining("-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Padding.pad(x, 2, 0, 4, PaddingMode.REFLECT))
        .withMessageContaining("below the length 4, got 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Padding.pad(x, 2, 5, 0, PaddingMode.CIRCULAR))
        .withMessageContaining("at most the length 4, got 5");
  }
}
