package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import org.junit.jupiter.api.Test;

class SpreadCalibrationTest {
  /** By hand: |root(5 / 2) - 1| / root(5 / 2) and |root(25 / 2) - root(17)| / root(25 / 2). */
  @Test
  void isTheMeanOverBinsOfTheNormalizedDifference() {
    SpreadCalibration two =
        SpreadCalibration.of(new double[] {3, 1, 4, 2}, new double[] {3, 1, -5, -1}, 2);
    double low = 1 - 1 / Math.sqrt(2.5);
    double high = Math.sqrt(17 / 12.5) - 1;
    assertThat(two.ence()).isCloseTo((low + high) / 2, within(1e-12));
    assertThat(two.bins().get(0)).isEqualTo(new SpreadCalibration.Bin(2, Math.sqrt(2.5), 1));
  }

  @Test
  void oneExampleIsABin() {
    assertThat(SpreadCalibration.of(new double[] {2}, new double[] {-3}, 1).ence())
        .isCloseTo(0.5, within(1e-12));
  }

  /** Equal deviations in two bins: their squares are 9, 0 and 0, 3 on average. */
  @Test
  void equalDeviationsAreSharedWhateverTheirOrder() {
    SpreadCalibration two =
        SpreadCalibration.of(new double[] {1, 1, 2, 1}, new double[] {3, 0, 2, 0}, 2);
    assertThat(two.bins())
        .containsExactly(
            new SpreadCalibration.Bin(2, 1, Math.sqrt(3)),
            new SpreadCalibration.Bin(2, Math.sqrt(2.5), Math.sqrt(3.5)));
    UncertaintyRanking parts =
        new UncertaintyRanking()
            .add(new double[] {1, 2}, new double[] {0, 2})
            .merge(new UncertaintyRanking().add(new double[] {1}, new double[] {0}))
            .merge(new UncertaintyRanking().add(new double[] {1}, new double[] {3}));
    assertThat(parts.spreadCalibration(2).bins()).isEqualTo(two.bins());
  }

  @Test
  void mergedRankingsGiveTheSameToTheLastBit() {
    int n = 500;
    double[] errors = Noise.seeded(1).normals(n).toDoubleVector();
    double[] deviations = Detached.copy(Noise.seeded(2).uniforms(n)).toDoubleVector();
    UncertaintyRanking first = new UncertaintyRanking();
    UncertaintyRanking second = new UncertaintyRanking();
    for (int i = n - 1; i >= 0; i--) {
      // A tenth of them are different.
      deviations[i] = 0.1 + Math.floor(50 * deviations[i]) / 50;
      UncertaintyRanking part = i % 3 == 0 ? first : second;
      part.add(new double[] {deviations[i]}, new double[] {Math.abs(errors[i])});
    }
    assertThat(first.merge(second).spreadCalibration(15).bins())
        .isEqualTo(SpreadCalibration.of(deviations, errors, 15).bins());
    assertThatIllegalStateException()
        .isThrownBy(() -> new UncertaintyRanking().spreadCalibration(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> first.spreadCalibration(501))
        .withMessage("bins must be in [1, 500], got 501");
    UncertaintyRanking none = new UncertaintyRanking().add(new double[1], new double[1]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.spreadCalibration(1))
        .withMessageContaining("deviations[0] must be in");
  }

  @Test
  void isNearZeroOfHonestSpreadsAndNotOfTooSmallOnes() {
    int n = 20_000;
    double[] errors = Noise.seeded(1).normals(n).toDoubleVector();
    double[] deviations = Detached.copy(Noise.seeded(2).uniforms(n)).toDoubleVector();
    double[] half = new double[n];
    for (int i = 0; i < n; i++) {
      deviations[i] += 0.5;
      errors[i] *= deviations[i];
      half[i] = deviations[i] / 2;
    }
    // A root mean square of 2,000 has an error of 1.6 %.
    assertThat(SpreadCalibration.of(deviations, errors, 10).ence()).isLessThan(0.03);
    assertThat(SpreadCalibration.of(half, errors, 10).ence()).isCloseTo(1, within(0.05));
  }

  @Test
  void takesAnythingWhoseSquareIsANumber() {
    for (double scale : new double[] {1e-150, 1e150}) {
      double[] both = {scale, scale};
      assertThat(SpreadCalibration.of(both, both, 1).ence()).isCloseTo(0, within(1e-12));
    }
    double[] one = {1};
    for (double beyond : new double[] {1e-151, 1e151, Double.MIN_VALUE, Double.MAX_VALUE}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SpreadCalibration.of(new double[] {beyond}, one, 1))
          .withMessageContaining("deviations[0] must be in [1.0E-150, 1.0E150], got " + beyond);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpreadCalibration.of(one, new double[] {-1e151}, 1))
        .withMessageContaining("errors[0] must be in [-1.0E150, 1.0E150], got -1.0E151");
    assertThat(SpreadCalibration.of(one, new double[] {1e-200}, 1).ence()).isEqualTo(1);
  }

  @Test
  void saysWhatIsWrong() {
    double[] one = {1};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpreadCalibration.of(one, new double[2], 1))
        .withMessageContaining("got 2 and 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpreadCalibration.of(new double[1], one, 1))
        .withMessage("deviations[0] must be in [1.0E-150, 1.0E150], got 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpreadCalibration.of(one, new double[] {Double.NaN}, 1))
        .withMessage("errors[0] must be in [-1.0E150, 1.0E150], got NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpreadCalibration.of(one, one, 2))
        .withMessage("bins must be in [1, 1], got 2");
  }
}
