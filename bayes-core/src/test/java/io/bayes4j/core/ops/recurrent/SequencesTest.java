package io.bayes4j.core.ops.recurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class SequencesTest {
  @Test
  void everyStepIsMultipliedByTheFactorsOfItsExample() {
    INDArray x = Samples.normals(1, 700, 2, 3, 4);
    INDArray factors = Samples.normals(2, 700, 4);
    double[] expected = Doubles.of(x);
    double[] f = Doubles.of(factors);
    Arrays.setAll(expected, i -> expected[i] * f[i / 24 * 4 + i % 4]);
    Var y = Sequences.scale(Var.constant(x), factors);
    Doubles.assertClose("y", y.value(), x.shape(), expected, 1e-7);
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    INDArray factors = Samples.normals(2, 2, 4);
    GradientCheck.check(v -> Sequences.scale(v[0], factors), Samples.normals(1, 2, 3, 4));
  }

  @Test
  void refusesFactorsThatDoNotFit() {
    Var x = Var.constant(Samples.normals(1, 2, 3, 4));
    for (long[] shape : new long[][] {{2, 3}, {3, 4}, {4}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Sequences.scale(x, Samples.normals(1, shape)))
          .withMessage("factors must be [N, F] of x [2, 3, 4], got %s", Arrays.toString(shape));
    }
    assertThat(Sequences.scale(x, Samples.normals(1, 2, 4)).shape()).containsExactly(2, 3, 4);
  }
}
