package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundingSpreadTest {
  private static final int DRAWS = 2_000_000;

  /** The standard error of the estimate is below 1 % of the variance at every sigma here. */
  @ParameterizedTest
  @ValueSource(floats = {0.05f, 0.15f, 0.26f, 0.3f, 0.5f, 0.8f, 0.999f, 1f, 1.5f, 4f})
  void leavesTheVarianceThatWasAskedFor(float sigma) {
    float spread = RoundingSpread.before(sigma);
    float[] places = new float[DRAWS];
    float[] eps = new float[DRAWS];
    Noise.seeded(3).uniforms(places, 0, DRAWS, 0);
    Noise.seeded(3).normals(eps, 0, DRAWS, 0);

    assertThat(varianceAroundTheRoundedMean(places, eps, spread))
        .isCloseTo((double) sigma * sigma, within(0.03 * sigma * sigma));
  }

  /**
   * The mean over places of the variance of a rounded draw: half the mean square between two draws
   * of one place.
   */
  private static double varianceAroundTheRoundedMean(float[] places, float[] eps, float spread) {
    double sum = 0;
    for (int i = 0; i < DRAWS / 2; i++) {
      double first = Math.rint(places[i] + spread * eps[2 * i]);
      double second = Math.rint(places[i] + spread * eps[2 * i + 1]);
      sum += (first - second) * (first - second) / 2;
    }
    return sum / (DRAWS / 2);
  }

  @Test
  void hasOneFormulaForBothSidesOfItsSeams() {
    assertThat(RoundingSpread.varianceAfter(0.12 - 1e-12))
        .isCloseTo(RoundingSpread.varianceAfter(0.12), within(1e-8));
    assertThat(RoundingSpread.before(Math.nextDown(1f)))
        .isCloseTo(RoundingSpread.before(1f), within(1e-5f));
    assertThat(RoundingSpread.before(0)).isZero();
  }

  @Test
  void growsWithTheSpreadThatIsAskedFor() {
    for (float sigma = 0.001f; sigma < 3; sigma += 0.001f) {
      assertThat(RoundingSpread.before(sigma)).isGreaterThan(RoundingSpread.before(sigma - 0.001f));
    }
  }
}
