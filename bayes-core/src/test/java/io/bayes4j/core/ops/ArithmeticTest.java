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
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Element by element: values against doubles, gradients against differences, in every layout. */
class ArithmeticTest {
  private static final double TOLERANCE = 1e-6;

  /** Shapes that broadcast: the first two to the third. */
  @SuppressWarnings("ArrayRecordComponent") // Only read.
  record Shapes3(long[] a, long[] b, long[] out) {
    @Override
    public String toString() {
      return Arrays.toString(a) + " " + Arrays.toString(b);
    }
  }

  private static long[] shape(long... lengths) {
    return lengths;
  }

  static Stream<Shapes3> broadcasts() {
    List<Shapes3> oneWay =
        List.of(
            new Shapes3(shape(2, 3, 4), shape(3, 4), shape(2, 3, 4)),
            new Shapes3(shape(2, 3, 4), shape(4), shape(2, 3, 4)),
            new Shapes3(shape(2, 3, 4), shape(), shape(2, 3, 4)),
            new Shapes3(shape(2, 3, 4), shape(1), shape(2, 3, 4)),
            new Shapes3(shape(2, 3, 4), shape(2, 1, 4), shape(2, 3, 4)),
            new Shapes3(shape(2, 3, 4), shape(1, 3, 1), shape(2, 3, 4)),
            new Shapes3(shape(2, 3, 4), shape(2, 1, 1), shape(2, 3, 4)),
            new Shapes3(shape(2, 3, 1), shape(1, 1, 4), shape(2, 3, 4)),
            new Shapes3(shape(2, 1), shape(1, 3), shape(2, 3)),
            new Shapes3(shape(3, 1), shape(2), shape(3, 2)),
            new Shapes3(shape(2, 3, 2, 2), shape(2, 3, 1, 1), shape(2, 3, 2, 2)),
            new Shapes3(shape(2, 3, 2, 2), shape(3, 1, 1), shape(2, 3, 2, 2)),
            new Shapes3(shape(2, 3, 2, 2, 3), shape(1, 3, 1, 1, 3), shape(2, 3, 2, 2, 3)),
            new Shapes3(shape(1, 1), shape(5), shape(1, 5)),
            new Shapes3(shape(5), shape(1, 1), shape(1, 5)),
            new Shapes3(shape(), shape(1), shape(1)));
    List<Shapes3> all = new ArrayList<>();
    for (Shapes3 s : oneWay) {
      all.add(s);
      all.add(new Shapes3(s.b, s.a, s.out));
    }
    for (long[] equal :
        new long[][] {{}, {1}, {5}, {2, 3}, {2, 3, 4}, {2, 3, 2, 2}, {2, 3, 2, 2, 2}, {1, 1, 1}}) {
      all.add(new Shapes3(equal, equal, equal));
    }
    return all.stream();
  }

  @SuppressWarnings("ImmutableEnumChecker") // The lambdas capture nothing.
  enum Binary {
    ADD(Ops::add, (x, y) -> x + y),
    SUB(Ops::sub, (x, y) -> x - y),
    MUL(Ops::mul, (x, y) -> x * y),
    DIV(Ops::div, (x, y) -> x / y);

    private final BinaryOperator<Var> op;
    private final DoubleBinaryOperator reference;

    Binary(BinaryOperator<Var> op, DoubleBinaryOperator reference) {
      this.op = op;
      this.reference = reference;
    }
  }

  /** The elements of an array repeated as NumPy does. */
  private static double[] repeated(INDArray array, long... out) {
    double[] from = Doubles.of(array);
    double[] to = new double[(int) Shapes.product(out)];
    for (int i = 0; i < to.length; i++) {
      long rest = i;
      long at = 0;
      long step = 1;
      for (int back = 1; back <= out.length; back++) {
        long index = rest % out[out.length - back];
        rest /= out[out.length - back];
        if (back <= array.rank()) {
          long length = array.size(array.rank() - back);
          at += length == 1 ? 0 : index * step;
          step *= length;
        }
      }
      to[i] = from[(int) at];
    }
    return to;
  }

  @ParameterizedTest
  @MethodSource("broadcasts")
  void binary(Shapes3 shapes) {
    for (Binary binary : Binary.values()) {
      for (Layout left : Layout.values()) {
        for (Layout right : Layout.values()) {
          INDArray a = Samples.in(left, Samples.normals(1, shapes.a));
          INDArray b = Samples.in(right, Samples.positive(2, shapes.b));
          double[] x = repeated(a, shapes.out);
          double[] y = repeated(b, shapes.out);
          double[] expected = new double[x.length];
          for (int i = 0; i < x.length; i++) {
            expected[i] = binary.reference.applyAsDouble(x[i], y[i]);
          }
          INDArray actual = binary.op.apply(Var.constant(a), Var.constant(b)).value();
          assertClose(binary + " " + left + right, actual, shapes.out, expected, TOLERANCE);
          Var[] leaves = {Var.leaf(a), Var.leaf(b)};
          GradientCheck.of(() -> binary.op.apply(leaves[0], leaves[1])).elements(9).run(leaves);
        }
      }
    }
  }

  static Stream<Shapes3> longBroadcasts() {
    return Stream.of(
        new Shapes3(shape(2, 700), shape(2, 1), shape(2, 700)),
        new Shapes3(shape(2, 1, 513), shape(3, 1), shape(2, 3, 513)),
        new Shapes3(shape(90, 7, 5), shape(7, 1), shape(90, 7, 5)),
        new Shapes3(shape(3, 1, 50), shape(700, 1), shape(3, 700, 50)),
        new Shapes3(shape(9, 5000), shape(), shape(9, 5000)),
        new Shapes3(shape(1, 300, 1, 4), shape(40, 1, 3, 1), shape(40, 300, 3, 4)));
  }

  /** In pieces, for several threads, that begin and end within rows. */
  @ParameterizedTest
  @MethodSource("longBroadcasts")
  void binaryOfMoreThanAPiece(Shapes3 shapes) {
    INDArray a = Samples.normals(1, shapes.a);
    INDArray b = Samples.normals(2, shapes.b);
    double[] x = repeated(a, shapes.out);
    double[] y = repeated(b, shapes.out);
    double[] expected = new double[x.length];
    Arrays.setAll(expected, i -> (float) x[i] - (float) y[i]);
    INDArray actual = Ops.sub(Var.constant(a), Var.constant(b)).value();
    assertClose("a - b", actual, shapes.out, expected, 0);
    Arrays.setAll(expected, i -> (float) y[i] - (float) x[i]);
    assertClose(
        "b - a", Ops.sub(Var.constant(b), Var.constant(a)).value(), shapes.out, expected, 0);
  }

  @ParameterizedTest
  @EnumSource(Binary.class)
  void binaryOfOneOperandTwice(Binary binary) {
    GradientCheck.check(v -> binary.op.apply(v[0], Ops.square(v[0])), Samples.positive(1, 2, 3, 4));
    GradientCheck.check(v -> binary.op.apply(v[0], v[0]), Samples.positive(1, 2, 3, 4));
  }

  @ParameterizedTest
  @EnumSource(Binary.class)
  void binaryOfShapesThatDoNotBroadcast(Binary binary) {
    Var a = Var.leaf(Samples.normals(1, 2, 3));
    Var b = Var.leaf(Samples.normals(1, 3, 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> binary.op.apply(a, b))
        .withMessageContaining("[2, 3]")
        .withMessageContaining("[3, 2]");
  }

  @ParameterizedTest
  @EnumSource(Binary.class)
  void binaryWithAConstant(Binary binary) {
    Var leaf = Var.leaf(Samples.positive(1, 2, 3));
    Var constant = Var.constant(2);
    GradientCheck.of(() -> binary.op.apply(leaf, constant)).run(leaf);
    GradientCheck.of(() -> binary.op.apply(constant, leaf)).run(leaf);
    Gradients gradients = Gradients.of(Ops.sum(binary.op.apply(leaf, constant)));
    assertThat(gradients.reaches(leaf)).isTrue();
    assertThat(gradients.reaches(constant)).isFalse();
  }

  @SuppressWarnings("ImmutableEnumChecker") // The lambdas capture nothing.
  enum Unary {
    SCALE(x -> Ops.scale(x, -1.7), x -> -1.7 * x),
    SHIFT(x -> Ops.shift(x, 0.3), x -> x + 0.3),
    NEG(Ops::neg, x -> -x),
    SQUARE(Ops::square, x -> x * x),
    SQRT(Ops::sqrt, Math::sqrt),
    EXP(Ops::exp, Math::exp),
    LOG(Ops::log, Math::log),
    RELU(Activations::relu, x -> Math.max(x, 0)),
    LEAKY_RELU(x -> Activations.leakyRelu(x, 0.2), x -> x > 0 ? x : 0.2 * x),
    SIGMOID(Activations::sigmoid, Unary::sigmoid),
    TANH(Activations::tanh, Math::tanh),
    SOFTPLUS(Activations::softplus, x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
    SILU(Activations::silu, x -> x * sigmoid(x)),
    GELU(
        Activations::gelu,
        x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))),
    ELU(x -> Activations.elu(x, 0.7), x -> x > 0 ? x : 0.7 * Math.expm1(x));

    private final UnaryOperator<Var> op;
    private final DoubleUnaryOperator reference;

    Unary(UnaryOperator<Var> op, DoubleUnaryOperator reference) {
      this.op = op;
      this.reference = reference;
    }

    private static double sigmoid(double x) {
      return 1 / (1 + Math.exp(-x));
    }

    /** Numbers that it is defined and smooth about. */
    private INDArray sample(long... shape) {
      return this == SQRT || this == LOG
          ? Samples.positive(1, shape)
          : Samples.awayFromZero(1, shape);
    }
  }

  @ParameterizedTest
  @EnumSource(Unary.class)
  void unary(Unary unary) {
    for (long[] shape : new long[][] {{}, {1}, {7}, {3, 5}, {2, 3, 4}, {2, 3, 4, 5}}) {
      for (Layout layout : Layout.values()) {
        INDArray x = Samples.in(layout, unary.sample(shape));
        double[] expected = Arrays.stream(Doubles.of(x)).map(unary.reference).toArray();
        Var y = unary.op.apply(Var.constant(x));
        assertClose(unary + " " + layout, y.value(), shape, expected, TOLERANCE);
        GradientCheck.check(v -> unary.op.apply(v[0]), x);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Unary.class)
  void unaryTakesAGradientOfTheOtherLayout(Unary unary) {
    Var other = Var.constant(Samples.normals(Layout.CHANNELS_LAST, 3, 2, 3, 4));
    Var x = Var.leaf(unary.sample(2, 3, 4));
    // The gradient of a sum has the layout of what was added up.
    GradientCheck.of(() -> Ops.sum(Ops.mul(other, unary.op.apply(x)))).run(x);
    Var last = Var.leaf(Samples.in(Layout.CHANNELS_LAST, unary.sample(2, 3, 4)));
    Var rows = Var.constant(Samples.normals(3, 2, 3, 4));
    GradientCheck.of(() -> Ops.sum(Ops.mul(rows, unary.op.apply(last)))).run(last);
  }

  @ParameterizedTest
  @EnumSource(Unary.class)
  void unaryLeavesItsInputAlone(Unary unary) {
    INDArray x = unary.sample(2, 3);
    INDArray before = x.dup();
    assertThat(unary.op.apply(Var.leaf(x)).tracked()).isTrue();
    assertThat(x).isEqualTo(before);
  }

  @Test
  void largeArraysAreCutIntoPieces() {
    // Longer than what one thread takes at once, and no multiple of it.
    INDArray x = Samples.normals(1, 3, 40_001);
    double[] expected = Arrays.stream(Doubles.of(x)).map(v -> v * v).toArray();
    assertClose("square", Ops.square(Var.constant(x)).value(), x.shape(), expected, TOLERANCE);
    double sum = Arrays.stream(expected).sum();
    assertThat(Ops.sum(Ops.square(Var.constant(x))).item() / sum).isCloseTo(1, within(TOLERANCE));
  }
}
