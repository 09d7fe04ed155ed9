package io.bayes4j.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.SoftmaxColumns;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Attentions;
import io.bayes4j.core.ops.Classification;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

final class SoftmaxTest {
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  /** Element i of a column, and its column's elements, for any axis of [2, 3, 4, 5]. */
  private static double[] expected(INDArray x, int axis, boolean logs) {
    double[] values = Doubles.of(x);
    int classes = (int) x.size(axis);
    int step = 1;
    for (int after = axis + 1; after < x.rank(); after++) {
      step *= (int) x.size(after);
    }
    double[] out = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int first = i / (classes * step) * classes * step + i % step;
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        sum += Math.exp(values[first + k * step] - values[i]);
      }
      out[i] = logs ? -Math.log(sum) : 1 / sum;
    }
    return out;
  }

  @ParameterizedTest
  @EnumSource
  void goesAlongAnyAxis(Layout layout) {
    INDArray x = Samples.normals(layout, 1, 2, 3, 4, 5);
    for (int axis = 0; axis < 4; axis++) {
      Doubles.assertClose("shares", Softmax.of(x, axis), x.shape(), expected(x, axis, false), 1e-6);
      Doubles.assertClose("logs", Softmax.logs(x, axis), x.shape(), expected(x, axis, true), 1e-6);
      INDArray copy = Detached.copy(Layout.ROW_MAJOR.ensure(x));
      Softmax.inPlace(copy, axis);
      assertThat(copy).isEqualTo(Softmax.of(x, axis));
    }
  }

  @Test
  void allWaysToAskGiveTheSameBits() {
    INDArray x = Samples.normals(3, 40, 7);
    INDArray shares = Softmax.of(x, 1);
    assertThat(Attentions.softmax(Var.constant(x)).value()).isEqualTo(shares);
    assertThat(Classification.softmax(Var.constant(x)).value()).isEqualTo(shares);
    INDArray transposed = Layout.ROW_MAJOR.ensure(x.permute(1, 0));
    assertThat(Layout.ROW_MAJOR.ensure(Softmax.of(transposed, 0).permute(1, 0))).isEqualTo(shares);
  }

  @Test
  void doublesAreSharedInTheSameWay() {
    INDArray x = Samples.normals(5, 1, 9);
    double[] values = Doubles.of(x);
    double second = values[1];
    SoftmaxColumns.LogSum sum = SoftmaxColumns.shares(values, 0, 9);
    Doubles.assertClose("doubles", Softmax.of(x, 1), x.shape(), values, 1e-7);
    assertThat(Math.exp(sum.share(second))).isCloseTo(values[1], within(1e-15));
  }

  @Test
  void whereNothingIsPossibleProbabilitiesAreNoNumbers() {
    INDArray x = Samples.array(new long[] {2, 2}, -INFINITY, -INFINITY, -INFINITY, 1);
    assertThat(Doubles.of(Softmax.of(x, 1))).containsExactly(0, 0, 0, 1);
    Softmax.inPlace(x, 1);
    assertThat(Doubles.of(x)).containsExactly(Double.NaN, Double.NaN, 0, 1);
  }

  @Test
  void hasTheSameBitsForAnyNumberOfThreads() {
    INDArray x = Samples.normals(1, 7, 33, 300);
    int before = Parallel.threads();
    try {
      Parallel.setThreads(1);
      INDArray one = Softmax.of(x, 1);
      INDArray logs = Softmax.logs(x, 1);
      INDArray gradient = Softmax.backward(one, x, 1);
      Parallel.setThreads(3);
      assertThat(Softmax.of(x, 1)).isEqualTo(one);
      assertThat(Softmax.logs(x, 1)).isEqualTo(logs);
      assertThat(Softmax.backward(one, x, 1)).isEqualTo(gradient);
    } finally {
      Parallel.setThreads(before);
    }
  }

  @Test
  void refusesAnAxisThatIsNone() {
    INDArray x = Samples.normals(1, 2, 3);
    for (int axis : new int[] {-1, 2}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Softmax.of(x, axis))
          .withMessageContaining("axis must be in [0, 2)")
          .withMessageContaining("got " + axis);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Softmax.backward(x, Samples.normals(1, 3, 2), 1))
        .withMessageContaining("gradY");
  }
}
