package io.bayes4j.core.ops;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class AttentionsTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  /** Row-major products, one after the other, of [M, K] and [K, N]. */
  private static double[] products(double[] a, double[] b, int stack, int m, int k, int n) {
    double[] y = new double[stack * m * n];
    for (int s = 0; s < stack; s++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          for (int l = 0; l < k; l++) {
            y[(s * m + i) * n + j] += a[(s * m + i) * k + l] * b[(s * k + l) * n + j];
          }
        }
      }
    }
    return y;
  }

  @Test
  void multipliesEveryMatrixOfAStack() {
    INDArray a = Samples.normals(1, 2, 3, 4, 5);
    INDArray b = Samples.normals(2, 2, 3, 5, 2);
    double[] expected = products(Doubles.of(a), Doubles.of(b), 6, 4, 5, 2);
    Var y = Attentions.matmul(Var.constant(a), Var.constant(b));
    Doubles.assertClose("y", y.value(), new long[] {2, 3, 4, 2}, expected, 1e-6);
    INDArray turned = b.permute(0, 1, 3, 2).dup('c');
    Var same = Attentions.matmulTransposed(Var.constant(a), Var.constant(turned));
    Doubles.assertClose("transposed", same.value(), y.value(), 1e-6);
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfProducts(Layout layout) {
    GradientCheck.check(
        v -> Attentions.matmul(v[0], v[1]),
        Samples.normals(layout, 1, 2, 2, 3, 4),
        Samples.normals(layout, 2, 2, 2, 4, 2));
    GradientCheck.check(
        v -> Attentions.matmulTransposed(v[0], v[1]),
        Samples.normals(layout, 1, 2, 3, 4),
        Samples.normals(layout, 2, 2, 5, 4));
    GradientCheck.check(
        v -> Attentions.matmulTransposed(v[0], v[0]), Samples.normals(layout, 1, 2, 3, 4));
    GradientCheck.check(
        v -> Attentions.matmul(v[0], v[1]), Samples.normals(1, 3, 4), Samples.normals(2, 4, 2));
  }

  @Test
  void softmaxIsEToTheXOverItsSum() {
    INDArray x = Samples.normals(1, 2, 3, 4, 5);
    double[] expected = Doubles.of(x);
    for (int row = 0; row < expected.length; row += 5) {
      double sum = 0;
      for (int i = row; i < row + 5; i++) {
        expected[i] = Math.exp(expected[i]);
        sum += expected[i];
      }
      for (int i = row; i < row + 5; i++) {
        expected[i] /= sum;
      }
    }
    Var y = Attentions.softmax(Var.constant(x));
    Doubles.assertClose("y", y.value(), new long[] {2, 3, 4, 5}, expected, 1e-6);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e4, -1e4, 1e30, -1e30})
  void softmaxIsStableWhereverTheNumbersLie(double offset) {
    INDArray x = Samples.array(new long[] {1, 2}, offset, offset);
    assertThat(Doubles.of(Attentions.softmax(Var.constant(x)).value())).containsExactly(0.5, 0.5);
  }

  @Test
  void whatIsMaskedGetsNothing() {
    Var x = Var.leaf(Samples.array(new long[] {2, 2}, -INFINITY, 3, -INFINITY, -INFINITY));
    Var y = Attentions.softmax(x);
    assertThat(Doubles.of(y.value())).containsExactly(0, 1, 0, 0);
    Gradients gradients = Gradients.of(y, Samples.array(new long[] {2, 2}, 1, 2, 3, 4));
    double[] gradient = Doubles.of(gradients.get(x));
    assertThat(Arrays.stream(gradient).allMatch(g -> g == 0)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfSoftmax(Layout layout) {
    GradientCheck.check(v -> Attentions.softmax(v[0]), Samples.normals(layout, 1, 2, 3, 2, 4));
    GradientCheck.check(v -> Attentions.softmax(v[0]), Samples.normals(1, 7));
  }

  @Test
  void softmaxHasTheSameBitsForAnyNumberOfThreads() {
    INDArray x = Samples.normals(1, 700, 33);
    int before = Parallel.threads();
    try {
      Parallel.setThreads(1);
      INDArray one = Attentions.softmax(Var.constant(x)).value();
      Parallel.setThreads(3);
      assertThat(Attentions.softmax(Var.constant(x)).value()).isEqualTo(one);
      assertThat(Arrays.stream(Doubles.of(one)).sum()).isCloseTo(700, within(1e-3));
    } finally {
      Parallel.setThreads(before);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Var a = Var.constant(Samples.normals(1, 2, 3, 4));
    Var other = Var.constant(Samples.normals(1, 3, 4, 2));
    Var matrix = Var.constant(Samples.normals(1, 4, 2));
    for (Var b : new Var[] {a, other, matrix}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Attentions.matmul(a, b))
          .withMessageContaining("equal leading axes and inner lengths, got a [2, 3, 4] and b");
    }
    Var vector = Var.constant(Samples.normals(1, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Attentions.matmul(vector, vector))
        .withMessageContaining("equal leading axes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Attentions.softmax(Var.constant(1)))
        .withMessageContaining("got a scalar");
  }
}
