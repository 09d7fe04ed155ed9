package io.bayes4j.core.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class EmbeddingOpsTest {
  private static final INDArray TABLE = Samples.array(new long[] {3, 2}, 1, 2, 3, 4, 5, 6);

  @Test
  void takesTheRowsThatAreNamed() {
    Var y = EmbeddingOps.rows(Var.constant(TABLE), new int[] {2, 0, -1, 2}, 2, 2);
    assertThat(y.shape()).containsExactly(2, 2, 2);
    assertThat(Doubles.of(y.value())).containsExactly(5, 6, 1, 2, 0, 0, 5, 6);
  }

  @Test
  void aRowsGradientIsTheSumOverItsPlaces() {
    Var table = Var.leaf(TABLE);
    Var y = EmbeddingOps.rows(table, new int[] {2, 0, -1, 2}, 4);
    INDArray g = Samples.array(new long[] {4, 2}, 1, 10, 2, 20, 4, 40, 8, 80);
    assertThat(Doubles.of(Gradients.of(y, g).get(table))).containsExactly(2, 20, 0, 0, 9, 90);
  }

  @Test
  void gradients() {
    int[] rows = {4, 1, 1, -1, 0, 4};
    GradientCheck.check(
        v -> Ops.square(EmbeddingOps.rows(v[0], rows, 3, 2)), Samples.normals(1, 5, 3));
  }

  @Test
  void theGradientHasTheSameBitsForAnyNumberOfThreads() {
    int[] rows = Noise.seeded(1).permutation(40_000);
    Arrays.setAll(rows, i -> rows[i] % 700);
    INDArray g = Samples.normals(2, rows.length, 33);
    Var table = Var.leaf(Samples.normals(3, 700, 33));
    int before = Parallel.threads();
    try {
      Parallel.setThreads(1);
      Var one = EmbeddingOps.rows(table, rows, rows.length);
      double[] expected = Doubles.of(Gradients.of(one, g).get(table));
      Parallel.setThreads(4);
      Var four = EmbeddingOps.rows(table, rows, rows.length);
      assertThat(four.value()).isEqualTo(one.value());
      assertThat(Doubles.of(Gradients.of(four, g).get(table))).isEqualTo(expected);
    } finally {
      Parallel.setThreads(before);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Var table = Var.constant(TABLE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmbeddingOps.rows(table, new int[] {0, 3}, 2))
        .withMessage("rows must be in [-1, 3), got 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmbeddingOps.rows(table, new int[] {-2}, 1))
        .withMessage("rows must be in [-1, 3), got -2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmbeddingOps.rows(table, new int[] {0, 1}, 3))
        .withMessage("rows must be 3 numbers for shape [3], got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmbeddingOps.rows(Var.constant(Samples.normals(1, 3)), new int[] {0}, 1))
        .withMessageContaining("table must be [rows, units]");
  }
}
