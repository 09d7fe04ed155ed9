package io.bayes4j.core.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class GaussianDrawsTest {
  @Test
  void isMeanPlusDeviationTimesNormal() {
    Var mean = Var.constant(Samples.array(new long[] {3}, 1, 2, 3));
    Var variance = Var.constant(Samples.array(new long[] {3}, 4, 0, 0.25));
    INDArray normals = Samples.array(new long[] {3}, 0.5, 7, -2);
    Var y = GaussianDraws.of(mean, variance, normals);
    assertThat(Doubles.of(y.value())).containsExactly(2, 2, 2);
  }

  @ParameterizedTest
  @EnumSource
  void gradients(Layout layout) {
    INDArray variance = Samples.normals(layout, 2, 2, 3, 2, 2);
    variance.muli(variance).addi(0.5);
    INDArray normals = Samples.normals(3, 2, 3, 2, 2);
    GradientCheck.check(
        v -> GaussianDraws.of(v[0], v[1], normals),
        Samples.normals(layout, 1, 2, 3, 2, 2),
        variance);
  }

  @Test
  void theGradientOfAVarianceOfZeroOrJustBelowIsZero() {
    Var variance = Var.leaf(Samples.array(new long[] {3}, 0, -1e-9, 1));
    Var mean = Var.leaf(Samples.array(new long[] {3}, 1, 2, 3));
    Var y = GaussianDraws.of(mean, variance, Samples.array(new long[] {3}, 5, 5, 4));
    assertThat(Doubles.of(y.value())).containsExactly(1, 2, 7);
    Gradients gradients = Gradients.of(Ops.sum(y));
    assertThat(Doubles.of(gradients.get(variance))).containsExactly(0, 0, 2);
    assertThat(Doubles.of(gradients.get(mean))).containsExactly(1, 1, 1);
  }

  @Test
  void refusesOtherShapes() {
    Var three = Var.constant(Samples.normals(1, 3));
    INDArray four = Samples.normals(1, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianDraws.of(three, Var.constant(four), three.value()))
        .withMessage("variance must be FLOAT of the shape [3] of mean, got FLOAT of shape [4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianDraws.of(three, three, four))
        .withMessage("normals must be FLOAT of the shape [3] of mean, got FLOAT of shape [4]");
  }
}
