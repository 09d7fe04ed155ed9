package io.bayes4j.core.ops.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class GroupNormalizationTest {
  private static final INDArray SCALE = Samples.normals(2, 6);
  private static final INDArray SHIFT = Samples.normals(3, 6);
  private static final double EPSILON = 1e-5;

  private static INDArray x(Layout layout) {
    return Samples.normals(layout, 1, 3, 6, 2, 5);
  }

  /** By the definition, in double precision, from row-major elements [N, C, places]. */
  private static double[] byHand(double[] x, int n, int places, int groups, double epsilon) {
    double[] scale = Doubles.of(SCALE);
    double[] shift = Doubles.of(SHIFT);
    int length = 6 / groups * places;
    double[] y = new double[x.length];
    for (int group = 0; group < n * groups; group++) {
      double[] part = Arrays.copyOfRange(x, group * length, (group + 1) * length);
      double mean = Arrays.stream(part).average().orElseThrow();
      double variance =
          Arrays.stream(part).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      for (int i = 0; i < length; i++) {
        int channel = (group * length + i) / places % 6;
        y[group * length + i] =
            (part[i] - mean) / Math.sqrt(variance + epsilon) * scale[channel] + shift[channel];
      }
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({
    "1, ROW_MAJOR", "2, ROW_MAJOR", "6, ROW_MAJOR",
    "1, CHANNELS_LAST", "3, CHANNELS_LAST", "6, CHANNELS_LAST"
  })
  void isItsDefinition(int groups, Layout layout) {
    INDArray x = x(layout).addi(5);
    Var y =
        GroupNormalization.groupNorm(
            Var.constant(x), groups, Var.constant(SCALE), Var.constant(SHIFT), 0.1);
    double[] expected = byHand(Doubles.of(x), 3, 10, groups, 0.1);
    Doubles.assertClose("y", y.value(), new long[] {3, 6, 2, 5}, expected, 1e-5);
    assertThat(Layout.of(y.value())).isEqualTo(layout);
  }

  @ParameterizedTest
  @EnumSource
  void gradients(Layout layout) {
    for (int groups : List.of(1, 2, 6)) {
      GradientCheck.check(
          v -> GroupNormalization.groupNorm(v[0], groups, v[1], v[2], 1e-3),
          x(layout),
          SCALE,
          SHIFT);
    }
  }

  @Test
  void gradientsOfMatricesAndVolumes() {
    GradientCheck.check(
        v -> GroupNormalization.groupNorm(v[0], 2, v[1], v[2], 1e-3),
        Samples.normals(4, 3, 6),
        SCALE,
        SHIFT);
    GradientCheck.check(
        v -> GroupNormalization.groupNorm(v[0], 3, v[1], v[2], 1e-3),
        Samples.normals(Layout.CHANNELS_LAST, 4, 2, 6, 2, 1, 3),
        SCALE,
        SHIFT);
  }

  @Test
  void layerNormIsItsDefinitionOverOneAxisAndOverTwo() {
    INDArray x = Samples.normals(1, 2, 4, 6).muli(3);
    Var one =
        GroupNormalization.layerNorm(
            Var.constant(x), Var.constant(SCALE), Var.constant(SHIFT), EPSILON);
    double[] expected = byHand(Doubles.of(x), 8, 1, 1, EPSILON);
    Doubles.assertClose("one axis", one.value(), new long[] {2, 4, 6}, expected, 1e-5);

    INDArray pairs = x.reshape('c', 8, 3, 2);
    Var two =
        GroupNormalization.layerNorm(
            Var.constant(pairs),
            Var.constant(SCALE.reshape('c', 3, 2)),
            Var.constant(SHIFT.reshape('c', 3, 2)),
            EPSILON);
    Doubles.assertClose("two axes", two.value(), new long[] {8, 3, 2}, expected, 1e-5);
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfLayerNorm(Layout layout) {
    GradientCheck.check(
        v -> GroupNormalization.layerNorm(v[0], v[1], v[2], 1e-3),
        Samples.normals(layout, 1, 2, 4, 6),
        SCALE,
        SHIFT);
    GradientCheck.check(
        v -> GroupNormalization.layerNorm(v[0], v[1], v[2], 1e-3),
        Samples.normals(layout, 1, 3, 2, 3, 2),
        SCALE.reshape('c', 3, 2),
        SHIFT.reshape('c', 3, 2));
  }

  @Test
  void aConstantExampleBecomesTheShift() {
    INDArray x = Samples.normals(1, 2, 6).assign(1234.567);
    Var y =
        GroupNormalization.layerNorm(
            Var.constant(x), Var.constant(SCALE), Var.constant(SHIFT), EPSILON);
    for (int k = 0; k < 6; k++) {
      assertThat(y.value().getDouble(1, k)).isCloseTo(SHIFT.getDouble(k), within(1e-6));
    }
  }

  /** A large mean costs no more than the rounding of the input itself. */
  @Test
  void aLargeMeanKeepsTheDigitsOfTheSpread() {
    INDArray x = Samples.normals(1, 4, 6).addi(10_000);
    Var y =
        GroupNormalization.layerNorm(
            Var.constant(x), Var.constant(SCALE), Var.constant(SHIFT), EPSILON);
    double[] expected = byHand(Doubles.of(x), 4, 1, 1, EPSILON);
    Doubles.assertClose("y", y.value(), new long[] {4, 6}, expected, 1e-3);
  }

  /** The square of a deviation is beyond the range of floats: PyTorch gives zeros or NaN here. */
  @ParameterizedTest
  @ValueSource(doubles = {1e15, 1e19, 1e20, 1e30, 1e38})
  void numbersWhoseSquaresOverflow(double size) {
    for (Layout layout : Layout.values()) {
      for (int groups : new int[] {1, 3}) {
        INDArray small = x(layout);
        INDArray g = Samples.normals(7, 3, 6, 2, 5);
        Var x = Var.leaf(small.mul(size));
        Var reference = Var.leaf(small.mul(1e6));
        Var scale = Var.leaf(SCALE);
        Var y = GroupNormalization.groupNorm(x, groups, scale, Var.constant(SHIFT), EPSILON);
        double[] expected = byHand(Doubles.of(small.mul(1e6)), 3, 10, groups, EPSILON);
        Doubles.assertClose("y", y.value(), new long[] {3, 6, 2, 5}, expected, 1e-5);
        Gradients own = Gradients.of(y, g);
        Var other =
            GroupNormalization.groupNorm(reference, groups, scale, Var.constant(SHIFT), EPSILON);
        Gradients plain = Gradients.of(other, g);
        double[] gradX = Doubles.of(own.get(x));
        double[] plainX = Doubles.of(plain.get(reference));
        for (int i = 0; i < gradX.length; i++) {
          // Gradients of numbers of 1e38 are themselves at the other end of the range.
          assertThat(gradX[i] * size).isCloseTo(plainX[i] * 1e6, within(1e-4 + size * 1e-44));
        }
        Doubles.assertClose("scale", own.get(scale), plain.get(scale), 1e-4);
      }
    }
  }

  @Test
  void theBitsAreTheSameForAnyNumberOfThreads() {
    Var x = Var.leaf(Samples.normals(1, 9000, 6));
    Var scale = Var.leaf(SCALE);
    Var shift = Var.leaf(SHIFT);
    INDArray g = Samples.normals(5, 9000, 6);
    int before = Parallel.threads();
    try {
      Parallel.setThreads(1);
      Var one = GroupNormalization.layerNorm(x, scale, shift, EPSILON);
      Gradients ofOne = Gradients.of(one, g);
      Parallel.setThreads(3);
      Var three = GroupNormalization.layerNorm(x, scale, shift, EPSILON);
      Gradients ofThree = Gradients.of(three, g);
      assertThat(three.value()).isEqualTo(one.value());
      for (Var leaf : List.of(x, scale, shift)) {
        assertThat(Doubles.of(ofThree.get(leaf))).isEqualTo(Doubles.of(ofOne.get(leaf)));
      }
    } finally {
      Parallel.setThreads(before);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Var x = Var.constant(x(Layout.ROW_MAJOR));
    Var six = Var.constant(SCALE);
    Var five = Var.constant(Samples.normals(1, 5));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupNormalization.groupNorm(x, 4, six, six, EPSILON))
        .withMessage("channels (=6) must be divisible by groups (=4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupNormalization.groupNorm(x, 2, five, six, EPSILON))
        .withMessage("scale must have shape [6], got [5]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupNormalization.groupNorm(x, 2, six, five, EPSILON))
        .withMessage("shift must have shape [6], got [5]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupNormalization.groupNorm(x, 2, six, six, 0))
        .withMessageContaining("epsilon");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupNormalization.groupNorm(six, 1, six, six, EPSILON))
        .withMessageContaining("x must be [N, C, ...]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupNormalization.layerNorm(x, six, six, EPSILON))
        .withMessage("x must end in the shape [6] of scale, got shape [3, 6, 2, 5]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupNormalization.layerNorm(x, five, six, EPSILON))
        .withMessage("shift must have the shape [5] of scale, got [6]");
  }
}
