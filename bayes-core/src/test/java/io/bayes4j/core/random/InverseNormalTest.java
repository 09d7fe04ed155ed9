package io.bayes4j.core.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.NormalCdf;
import org.junit.jupiter.api.Test;

class InverseNormalTest {
  /** Coprime to 2^32, so that all low bits occur. */
  private static final long STRIDE = 4999;

  @Test
  void exactInverseUndoesTheDistributionFunction() {
    for (double x = -6.5; x <= 6.5; x += 0.037) {
      double p = NormalCdf.of(-Math.abs(x));
      assertThat(InverseNormal.exact(p)).isCloseTo(-Math.abs(x), within(1e-11));
    }
    assertThat(InverseNormal.exact(0.975)).isCloseTo(1.959963984540054, within(1e-14));
    assertThat(InverseNormal.exact(0.5)).isZero();
  }

  @Test
  void tableIsAsExactAsFloatsAllow() {
    double worst = 0;
    for (long word = 0; word < 1L << 32; word += STRIDE) {
      worst = Math.max(worst, error((int) word));
    }
    for (int word = -300_000; word < 300_000; word++) {
      worst = Math.max(worst, Math.max(error(word), error(Integer.MAX_VALUE - word)));
    }
    assertThat(worst).isLessThan(2e-7);
  }

  @Test
  void complementsAreOpposites() {
    for (long word = 0; word < 1L << 31; word += STRIDE) {
      assertThat(InverseNormal.of((int) ~word)).isEqualTo(-InverseNormal.of((int) word));
    }
  }

  @Test
  void endsAtSixPointThreeSigma() {
    assertThat(InverseNormal.of(0)).isCloseTo(6.33796f, within(1e-5f));
    assertThat(InverseNormal.of(-1)).isCloseTo(-6.33796f, within(1e-5f));
    assertThat(InverseNormal.of(Integer.MAX_VALUE)).isCloseTo(0f, within(1e-8f));
  }

  /** Relative above one and absolute below. */
  private static double error(int word) {
    long rank = (word < 0 ? ~word : word) + 1L;
    double magnitude = -InverseNormal.exact((rank - 0.5) * 0x1p-32);
    double expected = word < 0 ? -magnitude : magnitude;
    return Math.abs(InverseNormal.of(word) - expected) / Math.max(1, magnitude);
  }
}
