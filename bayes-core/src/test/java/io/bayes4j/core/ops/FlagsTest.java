package io.bayes4j.core.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.ops.Flags.Relation;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Comparisons by IEEE 754, and choices by them. */
final class FlagsTest {
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  /** Of -1, 0, -0, NaN, infinity and 2 with 0, as NumPy has them. */
  @ParameterizedTest
  @CsvSource({
    "EQUAL, 011000",
    "NOT_EQUAL, 100111",
    "LESS, 100000",
    "LESS_OR_EQUAL, 111000",
    "GREATER, 000011",
    "GREATER_OR_EQUAL, 011011",
    "AND, 000000",
    "OR, 100111",
    "XOR, 100111"
  })
  void relationsAreThoseOfNumPy(Relation relation, String expected) {
    Var x = Var.constant(Detached.of(new float[] {-1, 0, -0f, Float.NaN, INFINITY, 2}, 6));

    Var flags = Flags.where(relation, x, Var.constant(Detached.of(new float[1], 1)));

    StringBuilder text = new StringBuilder();
    for (float flag : flags.value().data().asFloat()) {
      text.append(flag == 1 ? '1' : flag == 0 ? '0' : '?');
    }
    assertThat(text).hasToString(expected);
  }

  @Test
  void whatIsNotChosenLeavesNoTrace() {
    Var flags = Var.constant(Detached.of(new float[] {1, 0, 1}, 3));
    Var a = Var.leaf(Detached.of(new float[] {1, Float.NaN, -INFINITY}, 3));
    Var b = Var.leaf(Detached.of(new float[] {INFINITY, 5, Float.NaN, 6, 7, 8}, 2, 3));

    Var y = Flags.choose(flags, a, b);
    Gradients gradients = Gradients.of(y, Detached.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));

    assertThat(y.value())
        .isEqualTo(Detached.of(new float[] {1, 5, -INFINITY, 1, 7, -INFINITY}, 2, 3));
    assertThat(gradients.get(a)).isEqualTo(Detached.of(new float[] {5, 0, 9}, 3));
    assertThat(gradients.get(b)).isEqualTo(Detached.of(new float[] {0, 2, 0, 0, 5, 0}, 2, 3));
  }

  @Test
  void flagsAreBroadcastAndPlanned() {
    INDArray x = Samples.normals(1, 2, 3, 4);
    INDArray limits = Samples.normals(2, 3, 1);
    Var at = Var.constant(x);
    Var limit = Var.constant(limits);
    Var zero = Var.constant(Detached.scalar(0));

    Var now = Flags.choose(Flags.where(Relation.LESS, at, limit), at, zero);
    Var planned =
        Gradients.off(
            () -> Plan.scope(() -> Flags.choose(Flags.where(Relation.LESS, at, limit), at, zero)));

    assertThat(planned.value()).isEqualTo(now.value());
    for (int i = 0; i < 24; i++) {
      double value = x.getDouble(i / 12, i / 4 % 3, i % 4);
      double expected = value < limits.getDouble(i / 4 % 3, 0) ? value : 0;
      assertThat(now.value().getDouble(i / 12, i / 4 % 3, i % 4)).isEqualTo(expected);
    }
  }
}
