package io.bayes4j.core.ops;

import static io.bayes4j.core.testing.Doubles.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.NaiveKernels;
import io.bayes4j.core.testing.Samples;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations that add up or move elements, and the matrix product. */
class ShapeOpsTest {
  private static final double TOLERANCE = 1e-6;
  private static final long[] SHAPE = {2, 3, 4, 5};

  /** The sum over axes of a row-major array, each kept with length one. */
  private static double[] sums(INDArray x, long... kept) {
    double[] from = Doubles.of(x);
    long[] shape = x.shape();
    double[] to = new double[(int) Shapes.product(kept)];
    for (int i = 0; i < from.length; i++) {
      long rest = i;
      int at = 0;
      int step = 1;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        at += kept[axis] == 1 ? 0 : (int) (rest % shape[axis]) * step;
        step *= (int) kept[axis];
        rest /= shape[axis];
      }
      to[at] += from[i];
    }
    return to;
  }

  static Stream<List<Integer>> axes() {
    return Stream.of(
        List.of(0),
        List.of(1),
        List.of(3),
        List.of(0, 2, 3),
        List.of(3, 1),
        List.of(0, 1, 2, 3),
        List.of());
  }

  @ParameterizedTest
  @MethodSource("axes")
  void sumAndMeanOverAxes(List<Integer> list) {
    int[] axes = list.stream().mapToInt(i -> i).toArray();
    long[] kept = SHAPE.clone();
    long count = 1;
    for (int axis : axes) {
      kept[axis] = 1;
      count *= SHAPE[axis];
    }
    double divisor = count;
    for (Layout layout : Layout.values()) {
      INDArray x = Samples.normals(layout, 1, SHAPE);
      double[] expected = sums(x, kept);
      assertClose("sum", Ops.sum(Var.constant(x), axes).value(), kept, expected, TOLERANCE);
      double[] means = Arrays.stream(expected).map(s -> s / divisor).toArray();
      assertClose("mean", Ops.mean(Var.constant(x), axes).value(), kept, means, TOLERANCE);
      GradientCheck.check(v -> Ops.sum(v[0], axes), x);
      GradientCheck.check(v -> Ops.square(Ops.mean(v[0], axes)), x);
    }
  }

  @Test
  void sumOverAnAxisLeavesTheOperandsShapeAlone() {
    Var x = Var.leaf(Samples.normals(1, 2, 3));
    Ops.sum(x, 1);
    assertThat(x.shape()).containsExactly(2, 3);
    x.shape()[0] = 7;
    assertThat(x.shape()).containsExactly(2, 3);
  }

  @Test
  void sumOverAnAxisOfLengthOne() {
    GradientCheck.check(v -> Ops.sum(v[0], 1), Samples.normals(1, 3, 1, 2));
    GradientCheck.check(v -> Ops.mul(Ops.sum(v[0], 1), v[0]), Samples.normals(1, 3, 1, 2));
  }

  @Test
  void axesThatDoNotExistOrRepeat() {
    Var x = Var.leaf(Samples.normals(1, 2, 3));
    for (int axis : new int[] {-1, 2, 9}) {
      String message = "axis must be in [0, 2), got " + axis;
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Ops.sum(x, axis))
          .withMessageContaining(message);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Ops.mean(x, axis))
          .withMessageContaining(message);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ops.sum(x, 1, 1))
        .withMessageContaining("axes must not repeat, got [1, 1]");
    assertThatIllegalArgumentException().isThrownBy(() -> Ops.mean(x, 1, 1));
  }

  @Test
  void sumAndMeanOfAll() {
    for (Layout layout : Layout.values()) {
      INDArray x = Samples.normals(layout, 1, SHAPE);
      double sum = Arrays.stream(Doubles.of(x)).sum();
      assertThat(Ops.sum(Var.constant(x)).item()).isCloseTo(sum, within(1e-5));
      assertThat(Ops.mean(Var.constant(x)).item()).isCloseTo(sum / 120, within(1e-6));
      assertThat(Ops.sum(Var.constant(x)).rank()).isZero();
      GradientCheck.check(v -> Ops.square(Ops.sum(v[0])), x);
      GradientCheck.check(v -> Ops.mean(Ops.square(v[0])), x);
    }
  }

  @Test
  void sumOfManyKeepsItsDigits() {
    INDArray x = Samples.array(new long[] {1}, 0.1).broadcast(3_000_000).dup('c');
    assertThat(Ops.sum(Var.constant(x)).item() / (3_000_000 * (double) 0.1f))
        .isCloseTo(1, within(1e-7));
  }

  @ParameterizedTest
  @EnumSource
  void reshape(Layout layout) {
    INDArray x = Samples.normals(layout, 1, SHAPE);
    double[] rows = Doubles.of(x);
    for (long[] to : new long[][] {{120}, {6, 20}, {2, 3, 20}, {5, 4, 3, 2}, {1, 120, 1}}) {
      assertClose("reshape", Ops.reshape(Var.constant(x), to).value(), to, rows, 0);
      GradientCheck.check(v -> Ops.square(Ops.reshape(v[0], to)), x);
    }
    assertThat(Ops.reshape(Var.constant(x), 6, -1).shape()).containsExactly(6, 20);
    assertThat(Ops.reshape(Var.constant(x), -1).shape()).containsExactly(120);
  }

  @Test
  void reshapeBetweenRanksZeroAndOne() {
    Var one = Var.leaf(Samples.normals(1, 1));
    GradientCheck.of(() -> Ops.reshape(one)).run(one);
    Var scalar = Var.leaf(Samples.normals(1));
    GradientCheck.of(() -> Ops.reshape(scalar, 1, 1)).run(scalar);
  }

  @Test
  void reshapeRefusesOtherNumbersOfElements() {
    Var x = Var.leaf(Samples.normals(1, 2, 3));
    for (long[] to : new long[][] {{7}, {4, -1}, {-1, -1}, {-2, -3}, {0, -1}, {}, {-6}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Ops.reshape(x, to))
          .withMessageContaining(Arrays.toString(to));
    }
  }

  @ParameterizedTest
  @EnumSource
  void permute(Layout layout) {
    INDArray x = Samples.normals(layout, 1, 2, 3, 4);
    for (int[] axes : new int[][] {{0, 1, 2}, {2, 0, 1}, {1, 2, 0}, {0, 2, 1}, {2, 1, 0}}) {
      assertClose(
          "permute",
          Ops.permute(Var.constant(x), axes).value(),
          x.dup('c').permute(axes).dup('c'),
          0);
      Var weight = Var.constant(Samples.normals(2, x.permute(axes).shape()));
      GradientCheck.check(v -> Ops.mul(weight, Ops.permute(v[0], axes)), x);
    }
  }

  @Test
  void permuteRefusesWhatIsNoPermutation() {
    Var x = Var.leaf(Samples.normals(1, 2, 3));
    for (int[] axes : new int[][] {{0}, {0, 0}, {1, 2}, {0, 1, 2}, {-1, 0}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Ops.permute(x, axes))
          .withMessageContaining(Arrays.toString(axes));
    }
  }

  @ParameterizedTest
  @EnumSource
  void slice(Layout layout) {
    INDArray x = Samples.normals(layout, 1, SHAPE);
    for (int axis = 0; axis < 4; axis++) {
      int fixed = axis;
      for (long[] range : new long[][] {{0, 1}, {1, 2}, {0, SHAPE[axis]}, {1, SHAPE[axis]}}) {
        assertSlice(x, fixed, range[0], range[1]);
      }
    }
  }

  private static void assertSlice(INDArray x, int axis, long from, long to) {
    long[] shape = x.shape().clone();
    long inner = 1;
    for (int later = axis + 1; later < shape.length; later++) {
      inner *= shape[later];
    }
    long length = shape[axis];
    double[] all = Doubles.of(x);
    long width = inner;
    double[] expected =
        IntStream.range(0, all.length)
            .filter(i -> i / width % length >= from && i / width % length < to)
            .mapToDouble(i -> all[i])
            .toArray();
    shape[axis] = to - from;
    assertClose("slice", Ops.slice(Var.constant(x), axis, from, to).value(), shape, expected, 0);
    GradientCheck.check(v -> Ops.square(Ops.slice(v[0], axis, from, to)), x);
  }

  @Test
  void sliceOfAVector() {
    GradientCheck.check(v -> Ops.square(Ops.slice(v[0], 0, 2, 3)), Samples.normals(1, 5));
    GradientCheck.check(v -> Ops.square(Ops.slice(v[0], 0, 1, 4)), Samples.normals(1, 5));
  }

  @Test
  void sliceRefusesWhatIsNotThere() {
    Var x = Var.leaf(Samples.normals(1, 2, 3));
    for (long[] bad : new long[][] {{1, 0, 4}, {1, 2, 2}, {1, -1, 2}, {2, 0, 1}, {-1, 0, 1}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Ops.slice(x, (int) bad[0], bad[1], bad[2]));
    }
  }

  @Test
  void concatIsTheReverseOfSlice() {
    for (Layout layout : Layout.values()) {
      INDArray x = Samples.normals(layout, 1, 4, 3, 5);
      for (int axis = 0; axis < 3; axis++) {
        Var v = Var.constant(x);
        Var joined =
            Ops.concat(
                axis,
                Ops.slice(v, axis, 0, 1),
                Ops.slice(v, axis, 1, 2),
                Ops.slice(v, axis, 2, x.size(axis)));
        assertClose("concat", joined.value(), x, 0);
      }
    }
  }

  @Test
  void concatHandsEachPartItsGradient() {
    for (int axis = 0; axis < 3; axis++) {
      int fixed = axis;
      long[] longer = {2, 3, 4};
      longer[axis] = 5;
      GradientCheck.check(
          v -> Ops.square(Ops.concat(fixed, v[0], v[1], v[0])),
          Samples.normals(Layout.CHANNELS_LAST, 1, 2, 3, 4),
          Samples.normals(2, longer));
    }
    Var x = Var.leaf(Samples.normals(1, 3));
    Var y = Var.leaf(Samples.normals(2, 3));
    Var[] parts = {x, y};
    Var joined = Ops.concat(0, parts);
    parts[1] = x;
    assertThat(Gradients.of(Ops.sum(joined)).get(y).sumNumber().doubleValue()).isEqualTo(3);
  }

  @Test
  void concatLeavesTheShapesOfItsPartsAlone() {
    Var x = Var.leaf(Samples.normals(1, 2, 3));
    assertThat(Ops.concat(0, x, x).shape()).containsExactly(4, 3);
    assertThat(x.shape()).containsExactly(2, 3);
  }

  @Test
  void concatRefusesPartsThatDoNotFit() {
    Var x = Var.leaf(Samples.normals(1, 2, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> Ops.concat(0));
    assertThatIllegalArgumentException().isThrownBy(() -> Ops.concat(2, x));
    assertThatIllegalArgumentException().isThrownBy(() -> Ops.concat(-1, x));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ops.concat(0, x, Var.leaf(Samples.normals(1, 2, 4))))
        .withMessageContaining("[2, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ops.concat(1, x, Var.leaf(Samples.normals(1, 2))));
  }

  @Test
  void matmul() {
    INDArray a = Samples.normals(1, 4, 7);
    INDArray b = Samples.normals(2, 7, 3);
    assertClose(
        "matmul",
        Ops.matmul(Var.constant(a), Var.constant(b)).value(),
        new long[] {4, 3},
        NaiveKernels.matmul(a, false, b, false),
        1e-5);
    GradientCheck.check(v -> Ops.matmul(v[0], v[1]), a, b);
    GradientCheck.check(v -> Ops.matmul(v[0], v[0]), Samples.normals(3, 5, 5));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ops.matmul(Var.constant(a), Var.constant(a)))
        .withMessageContaining("[4, 7]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ops.matmul(Var.constant(a), Var.constant(Samples.normals(1, 7))))
        .withMessageContaining("rank 2");
  }
}
