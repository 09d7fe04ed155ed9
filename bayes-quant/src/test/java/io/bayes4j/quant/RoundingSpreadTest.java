package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundingSpreadTest {
  /** Neighbouring codes differ by 4.3 per cent: the nearest is at most half of that away. */
  private static final double HALF_A_CODE = 0.022;

  @Test
  void codesAreAGridOfLogarithms() {
    for (double steps = RoundingSpread.LEAST; steps < RoundingSpread.GREATEST; steps *= 1.003) {
      double decoded = RoundingSpread.steps(RoundingSpread.code(steps));
      assertThat(decoded / steps).isCloseTo(1, within(HALF_A_CODE));
    }
    assertThat(RoundingSpread.code(0)).isZero();
    assertThat(RoundingSpread.steps((byte) 0)).isZero();
    assertThat(RoundingSpread.before((byte) 0)).isZero();
    assertThat(RoundingSpread.code(1e9)).isEqualTo((byte) 255);
  }

  /** What this is for: without it the least of these would never leave its mean. */
  @ParameterizedTest
  @ValueSource(doubles = {0.02, 0.1, 0.3, 0.7, 1, 3, 20})
  void roundedDrawsHaveTheSpreadOfTheCode(double steps) {
    byte code = RoundingSpread.code(steps);
    int n = 1 << 20;
    float[] eps = new float[n];
    Noise.seeded(4).normals(eps, 0, n, 0);
    double squares = 0;
    for (float e : eps) {
      squares += Math.pow(Math.rint(RoundingSpread.before(code) * e), 2);
    }
    double expected = RoundingSpread.steps(code);
    // Four standard errors of a variance; of rare events there are n * steps^2.
    double error = 4 * Math.sqrt((3 + 1 / Math.pow(steps, 2)) / n);
    assertThat(squares / n / (expected * expected)).isCloseTo(1, within(error));
  }

  @Test
  void varianceRisesWithTheSpread() {
    double before = 0;
    for (double t = 0.1; t < 10; t += 0.05) {
      double variance = RoundingSpread.varianceAfter(t);
      assertThat(variance).isGreaterThan(before);
      before = variance;
    }
    assertThat(RoundingSpread.varianceAfter(1.4999))
        .isCloseTo(RoundingSpread.varianceAfter(1.5001), within(1e-3));
  }
}
