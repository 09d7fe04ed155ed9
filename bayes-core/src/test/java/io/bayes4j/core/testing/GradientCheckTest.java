package io.bayes4j.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Ops;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A check that cannot fail is worthless: this one must find rules that are wrong by a little. */
class GradientCheckTest {
  private static final long[] SHAPE = {3, 2, 4};

  /** x squared, whose backward rule is off by a factor, in one element or in all. */
  private static Var wrongSquare(Var x, double factor, boolean everywhere) {
    INDArray y = x.value().mul(x.value());
    return Var.result(
        y,
        List.of(x),
        (g, sink) -> {
          INDArray gradient = g.mul(x.value()).mul(2);
          if (everywhere) {
            gradient.muli(factor);
          } else {
            gradient.putScalar(new long[] {2, 1, 3}, gradient.getDouble(2, 1, 3) * factor);
          }
          sink.add(x, gradient.dup('c'));
        });
  }

  @Test
  void acceptsTheRightRule() {
    GradientCheck.check(v -> wrongSquare(v[0], 1, true), Samples.awayFromZero(1, SHAPE));
  }

  @Test
  void findsARuleThatIsOffByOnePercent() {
    Var x = Var.leaf(Samples.awayFromZero(1, SHAPE));
    GradientCheck check = GradientCheck.of(() -> wrongSquare(x, 1.01, true));
    assertThatThrownBy(() -> check.run(x))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("leaf 0 element");
  }

  @Test
  void namesTheElementThatIsWrong() {
    Var x = Var.leaf(Samples.awayFromZero(1, SHAPE));
    GradientCheck.Comparison worst =
        GradientCheck.of(() -> wrongSquare(x, -1, false))
            .elements(24)
            .worst(Var.leaf(Samples.normals(2, 1)), x);
    assertThat(worst.passes()).isFalse();
    assertThat(worst.leaf()).isEqualTo(1);
    assertThat(worst.element()).isEqualTo(23);
    assertThat(worst.analytic()).isCloseTo(-worst.numeric(), within(1e-3));
  }

  @Test
  void findsAMissingGradient() {
    Var x = Var.leaf(Samples.normals(1, 5));
    Var y = Var.leaf(Samples.normals(2, 5));
    GradientCheck check =
        GradientCheck.of(
            () ->
                Var.result(
                    x.value().mul(y.value()),
                    List.of(x, y),
                    (g, sink) -> sink.add(x, g.mul(y.value()))));
    assertThatThrownBy(() -> check.run(x, y)).hasMessageContaining("leaf 1");
  }

  @Test
  void findsNotANumber() {
    Var x = Var.leaf(Samples.normals(1, 5));
    GradientCheck check = GradientCheck.of(() -> wrongSquare(x, Double.NaN, true));
    assertThat(check.worst(x).passes()).isFalse();
  }

  @Test
  void restoresTheLeavesInBothLayouts() {
    for (Layout layout : Layout.values()) {
      INDArray x = Samples.normals(layout, 1, SHAPE);
      INDArray before = x.dup();
      GradientCheck.check(v -> Ops.square(v[0]), x);
      assertThat(x).isEqualTo(before);
      assertThat(Layout.of(x)).isEqualTo(layout);
    }
  }

  @Test
  void checksParametersInPlace() {
    Parameter p = new Parameter(Samples.normals(1, 4));
    GradientCheck.of(() -> Ops.square(p.var())).run(p.var());
  }

  @Test
  void agreesWhereAllGradientsAreZero() {
    GradientCheck.check(v -> Ops.scale(v[0], 0), Samples.normals(1, 5));
  }

  @Test
  void isSharpForSmoothFunctions() {
    Var x = Var.leaf(Samples.normals(1, SHAPE));
    GradientCheck.of(() -> Ops.exp(x)).tolerance(1e-5).run(x);
  }
}
