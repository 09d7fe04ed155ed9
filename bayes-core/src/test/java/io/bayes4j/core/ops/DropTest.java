package io.bayes4j.core.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class DropTest {
  private static final INDArray UNIFORMS = Samples.array(new long[] {4}, 0, 0.49, 0.5, 0.99);

  @Test
  void keepsAndScalesWhereTheUniformIsAtLeastP() {
    Var x = Var.constant(Samples.array(new long[] {4}, 1, 2, 3, 4));
    INDArray y = Activations.drop(x, UNIFORMS, 0.5).value();
    assertThat(y).isEqualTo(Samples.array(new long[] {4}, 0, 0, 6, 8));
    assertThat(Activations.drop(x, UNIFORMS, 0).value()).isEqualTo(x.value());
  }

  @Test
  void gradientInBothLayouts() {
    INDArray uniforms = Samples.positive(9, 2, 3, 4).sub(0.5).fmod(1);
    for (Layout layout : Layout.values()) {
      GradientCheck.check(
          v -> Activations.drop(v[0], uniforms, 0.4), Samples.normals(layout, 1, 2, 3, 4));
    }
  }

  @Test
  void dropsTheSameElementsInBothLayouts() {
    INDArray uniforms = Samples.positive(9, 2, 3, 4).sub(0.5).fmod(1);
    Var rows = Var.constant(Samples.normals(1, 2, 3, 4));
    Var last = Var.constant(Samples.normals(Layout.CHANNELS_LAST, 1, 2, 3, 4));
    assertThat(Activations.drop(last, uniforms, 0.4).value().dup('c'))
        .isEqualTo(Activations.drop(rows, uniforms, 0.4).value());
  }

  @Test
  void refusesWhatDoesNotFit() {
    Var x = Var.constant(Samples.normals(1, 2, 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Activations.drop(x, UNIFORMS, 0.5))
        .withMessageContaining("uniforms")
        .withMessageContaining("[2, 2]");
    for (double p : new double[] {-0.1, 1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Activations.drop(Var.constant(UNIFORMS), UNIFORMS, p))
          .withMessageContaining("p must be in [0, 1)");
    }
  }
}
