package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalCdfTest {
  /** erfc(-x / sqrt(2)) / 2 by mpmath with 40 digits. */
  @ParameterizedTest
  @CsvSource({
    "-37.5, 4.60535300958195484e-308",
    "-20, 2.7536241186062337e-89",
    "-8.125, 2.23681206444410505e-16",
    "-5.75, 4.46217245390161187e-9",
    "-5.5, 1.89895624658877194e-8",
    "-3, 0.00134989803163009453",
    "-1.5, 0.066807201268858066",
    "-0.75, 0.226627352376868199",
    "-0.6640625, 0.253325155003031414",
    "-0.65625, 0.255831641347933929",
    "-0.25, 0.401293674317076276",
    "0.25, 0.598706325682923724",
    "0.75, 0.773372647623131801",
    "1.5, 0.933192798731141934",
    "3, 0.998650101968369905",
    "5.75, 0.999999995537827546",
    "9, 1.0"
  })
  void hasThirteenDigitsAlsoInTheTail(double x, double expected) {
    assertThat(NormalCdf.of(x)).isCloseTo(expected, within(2e-13 * expected));
  }

  @Test
  void endsAtZeroAndOneAndNeverFalls() {
    assertThat(NormalCdf.of(0)).isEqualTo(0.5);
    assertThat(NormalCdf.of(Double.NEGATIVE_INFINITY)).isZero();
    assertThat(NormalCdf.of(Double.POSITIVE_INFINITY)).isOne();
    assertThat(NormalCdf.of(Double.NaN)).isNaN();
    double before = 0;
    for (double x = -40; x < 10; x += 0.001) {
      double now = NormalCdf.of(x);
      assertThat(now).isGreaterThanOrEqualTo(before * (1 - 1e-14));
      before = now;
    }
  }
}
