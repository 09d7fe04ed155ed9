package io.bayes4j.core.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;

class GeluTest {
  /** Values of x P(Z &lt;= x) from a table of the normal distribution. */
  @Test
  void isXTimesTheNormalDistribution() {
    Var x = Var.constant(Samples.array(new long[] {6}, -40, -1, 0, 1, 2, 40));
    double[] y = Doubles.of(Gelu.exact(x).value());
    double[] expected = {0, -0.158655254, 0, 0.841344746, 1.954499736, 40};
    for (int i = 0; i < expected.length; i++) {
      assertThat(y[i]).isCloseTo(expected[i], within(3e-7 * Math.max(1, expected[i])));
    }
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    GradientCheck.check(v -> Gelu.exact(v[0]), Samples.normals(1, 4, 5).mul(2));
  }
}
