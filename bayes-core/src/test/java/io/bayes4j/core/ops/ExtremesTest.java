package io.bayes4j.core.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Samples;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Activations at numbers where a careless formula overflows. */
class ExtremesTest {
  private static double value(UnaryOperator<Var> f, double x) {
    return f.apply(Var.constant(x)).item();
  }

  private static double slope(UnaryOperator<Var> f, double x) {
    Var leaf = Var.leaf(Samples.array(new long[] {1}, x));
    return Gradients.of(f.apply(leaf)).get(leaf).getDouble(0);
  }

  @Test
  void softplusGoesOnAsTheIdentity() {
    for (double x : new double[] {30, 89, 100, 1e4}) {
      assertThat(value(Activations::softplus, x)).isEqualTo((float) x);
      assertThat(slope(Activations::softplus, x)).isEqualTo(1);
    }
  }

  @Test
  void softplusKeepsItsDigitsFarBelowZero() {
    for (double x : new double[] {-10, -20, -50, -80}) {
      assertThat(value(Activations::softplus, x) / Math.exp(x)).isCloseTo(1, within(1e-4));
      assertThat(slope(Activations::softplus, x) / Math.exp(x)).isCloseTo(1, within(1e-4));
    }
  }

  @Test
  void saturatesWithoutNaN() {
    for (double x : new double[] {-1000, 1000}) {
      double step = x > 0 ? 1 : 0;
      assertThat(value(Activations::sigmoid, x)).isEqualTo(step);
      assertThat(slope(Activations::sigmoid, x)).isZero();
      assertThat(value(Activations::tanh, x)).isEqualTo(Math.signum(x));
      assertThat(slope(Activations::tanh, x)).isZero();
      assertThat(value(Activations::silu, x)).isEqualTo(step * x);
      assertThat(slope(Activations::silu, x)).isEqualTo(step);
      assertThat(value(Activations::gelu, x)).isEqualTo(step * x);
      assertThat(slope(Activations::gelu, x)).isEqualTo(step);
      assertThat(value(v -> Activations.elu(v, 1), x)).isEqualTo(x > 0 ? x : -1);
      assertThat(slope(v -> Activations.elu(v, 1), x)).isEqualTo(step);
    }
  }

  @Test
  void reluOfInfinityAndNaN() {
    assertThat(value(Activations::relu, Double.NEGATIVE_INFINITY)).isZero();
    assertThat(value(Activations::relu, Double.POSITIVE_INFINITY))
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(value(Activations::relu, Double.NaN)).isNaN();
    assertThat(slope(Activations::relu, 0)).isZero();
  }

  @Test
  void reluStopsAnInfiniteGradient() {
    Var x = Var.leaf(Samples.array(new long[] {2}, -1, 2));
    Gradients gradients =
        Gradients.of(
            Activations.relu(x),
            Samples.array(new long[] {2}, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY));
    assertThat(gradients.get(x).getDouble(0)).isZero();
    assertThat(gradients.get(x).getDouble(1)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void eluRefusesANegativeAlpha() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Activations.elu(Var.constant(1), -0.5))
        .withMessageContaining("alpha")
        .withMessageContaining("-0.5");
  }

  @Test
  void sqrtAndLogAtTheEdgeOfTheirRange() {
    assertThat(slope(Ops::sqrt, 0)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(value(Ops::log, 0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(value(Ops::sqrt, -1)).isNaN();
  }
}
