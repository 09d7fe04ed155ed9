package io.bayes4j.layers.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Compares three steps on the loss sum(g p) with the papers' formulas in double precision. */
class OptimizerTest {
  private static final double RATE = 0.1;
  private static final double[] START = {1, -2, 0.5};
  private static final double[][] SLOPES = {{0.3, -1, 2}, {0.1, 0.4, -3}, {-0.2, 5, 1}};

  private static Parameter parameter() {
    return new Parameter(Nd4j.createFromArray(1f, -2f, 0.5f));
  }

  private static void step(Optimizer optimizer, Parameter p, double[] slope, double scale) {
    INDArray g = Nd4j.createFromArray((float) slope[0], (float) slope[1], (float) slope[2]);
    Var loss = Ops.sum(Ops.mul(p.var(), Var.constant(g)));
    optimizer.step(Gradients.of(loss), RATE, scale);
  }

  private static double[] adam(double decay) {
    double[] p = START.clone();
    double[] m = new double[3];
    double[] v = new double[3];
    for (int t = 1; t <= 3; t++) {
      for (int i = 0; i < 3; i++) {
        double g = SLOPES[t - 1][i];
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        p[i] -= RATE * decay * p[i];
        p[i] -=
            RATE
                * (m[i] / (1 - Math.pow(0.9, t)))
                / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-8);
      }
    }
    return p;
  }

  private static void assertAll(double[] actual, double[] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-5));
    }
  }

  @Test
  void adamAndAdamW() {
    for (double decay : new double[] {0, 0.2}) {
      Parameter p = parameter();
      Adam adam = new Adam(Map.of("p", p), decay);
      for (double[] slope : SLOPES) {
        step(adam, p, slope, 1);
      }
      assertAll(Doubles.of(p.value()), adam(decay));
    }
  }

  @Test
  void momentumWithDecayAndScaledGradients() {
    Parameter p = parameter();
    Sgd sgd = new Sgd(Map.of("p", p), 0.9, 0.01);
    double[] expected = START.clone();
    double[] velocity = new double[3];
    for (double[] slope : SLOPES) {
      step(sgd, p, slope, 0.5);
      for (int i = 0; i < 3; i++) {
        velocity[i] = 0.9 * velocity[i] + 0.5 * slope[i] + 0.01 * expected[i];
        expected[i] -= RATE * velocity[i];
      }
    }
    assertAll(Doubles.of(p.value()), expected);
  }

  @Test
  void aRestoredStateGoesOnWithTheSameBits() {
    Parameter whole = parameter();
    Adam first = new Adam(Map.of("p", whole));
    step(first, whole, SLOPES[0], 1);
    Parameter resumed = new Parameter(whole.value());
    Adam second = new Adam(Map.of("p", resumed));
    second.restore(first.state());
    step(first, whole, SLOPES[1], 1);
    step(second, resumed, SLOPES[1], 1);
    assertThat(Doubles.of(resumed.value())).isEqualTo(Doubles.of(whole.value()));
    assertThatThrownBy(() -> second.restore(new Sgd(Map.of("p", whole), 0, 0).state()))
        .hasMessageContaining("state must hold");
  }

  @Test
  void frozenParametersStay() {
    Parameter free = parameter();
    Parameter frozen = parameter();
    frozen.setTrainable(false);
    Adam adam = new Adam(Map.of("free", free, "frozen", frozen));
    Var loss = Ops.sum(Ops.mul(free.var(), frozen.var()));
    adam.step(Gradients.of(loss), RATE, 1);
    assertThat(Doubles.of(frozen.value())).isEqualTo(START);
    assertThat(Doubles.of(free.value())).isNotEqualTo(START);
  }

  @Test
  void theNormIsThatOfAllGradientsTogether() {
    Parameter a = parameter();
    Parameter b = new Parameter(Noise.seeded(1).normals(5000));
    Gradients g = Gradients.of(Ops.add(Ops.sum(Ops.square(a.var())), Ops.sum(Ops.square(b.var()))));
    double squares = 0;
    for (Parameter p : List.of(a, b)) {
      for (double x : Doubles.of(p.value())) {
        squares += 4 * x * x;
      }
    }
    double norm = GradientNorm.of(g, List.of(a, b));
    assertThat(norm).isCloseTo(Math.sqrt(squares), within(1e-4 * norm));
    assertThat(GradientNorm.clip(norm, norm / 4)).isCloseTo(0.25, within(1e-12));
    assertThat(GradientNorm.clip(norm, 2 * norm)).isEqualTo(1);
  }

  @Test
  void schedules() {
    assertThat(Schedule.linear(0, 2, 4).at(1)).isEqualTo(0.5);
    assertThat(Schedule.linear(0, 2, 4).at(9)).isEqualTo(2);
    assertThat(Schedule.cosine(1, 0, 10).at(5)).isCloseTo(0.5, within(1e-12));
    assertThat(Schedule.cyclical(1, 4, 0.5).at(5)).isEqualTo(0.5);
    assertThat(Schedule.cyclical(1, 4, 0.5).at(7)).isEqualTo(1);
    assertThat(Schedule.steps(1, 0.1, 2, 3).at(2.5)).isCloseTo(0.1, within(1e-12));
    assertThat(Schedule.constant(3).withWarmUp(2).at(1)).isEqualTo(1.5);
    assertThatThrownBy(() -> Schedule.linear(0, 1, 0)).hasMessageContaining("epochs");
  }
}
