package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogarithmTest {
  @Test
  void isWithinItsErrorOfEveryExponentAndMantissa() {
    double worst = 0;
    for (int exponent = 1; exponent < 255; exponent++) {
      for (int mantissa = 0; mantissa < 1 << 23; mantissa += 4099) {
        float x = Float.intBitsToFloat(exponent << 23 | mantissa);
        worst = Math.max(worst, error(x));
      }
    }
    // Near one the logarithm is near zero, and its relative error matters most.
    float x = 1;
    for (int step = 0; step < 100; step++) {
      x = Math.nextDown(x);
      worst = Math.max(worst, error(x));
    }
    for (int step = 0; step < 1 << 23; step += 97) {
      worst = Math.max(worst, error(Float.intBitsToFloat(0x3f000000 + step)));
    }
    assertThat(worst).isLessThan(1e-9);
    assertThat(Logarithm.of(1)).isZero();
  }

  private static double error(float x) {
    double exact = Math.log(x);
    return exact == 0 ? Math.abs(Logarithm.of(x)) : Math.abs(Logarithm.of(x) / exact - 1);
  }

  @Test
  void nothingTimesItIsNothing() {
    assertThat(0 * Logarithm.of(0)).isZero();
    float least = Float.MIN_VALUE;
    assertThat(least * Logarithm.of(least)).isBetween(-1e-40, 0.0);
  }
}
