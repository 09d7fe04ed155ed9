package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.testing.Doubles;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares statistics over draws with what NumPy and PyTorch give; see draws_golden.py. */
class DrawsGoldenTest {
  private static final double ROUNDING = 1e-6;

  static List<Golden> draws() throws IOException {
    return Golden.cases("draws.json", "draws");
  }

  private static void check(Golden golden, String name, INDArray ours) {
    assertThat(Doubles.of(ours)).as(name).containsExactly(golden.numbers(name), within(ROUNDING));
  }

  @ParameterizedTest
  @MethodSource("draws")
  void statisticsOfDraws(Golden golden) {
    INDArray draws = golden.cube("draws");
    UncertaintySplit split = Uncertainty.split(draws);
    check(golden, "mean_numpy", split.mean());
    check(golden, "variance_numpy", Uncertainty.variance(draws));
    check(golden, "predictive_torch", split.predictiveEntropy());
    check(golden, "expected_torch", split.expectedEntropy());
    assertThat(Doubles.of(split.mutualInformation()))
        .containsExactly(golden.numbers("information"), within(ROUNDING));
    check(golden, "variation_hand", Uncertainty.variationRatio(draws));
    check(golden, "quantiles_numpy", Uncertainty.quantiles(draws, golden.numbers("shares")));
    RunningUncertainty running = new RunningUncertainty();
    for (int s = 0; s < draws.size(0); s++) {
      running.add(draws.slice(s).dup('c'));
    }
    check(golden, "mean_numpy", running.mean());
    check(golden, "variance_numpy", running.variance());
    check(golden, "predictive_torch", running.predictiveEntropy());
    check(golden, "expected_torch", running.expectedEntropy());
    check(golden, "information", running.mutualInformation());
  }

  @ParameterizedTest
  @MethodSource("draws")
  void scoresOfTheMean(Golden golden) {
    UncertaintySplit split = Uncertainty.split(golden.cube("draws"));
    int[] labels = golden.whole("labels");
    golden.check("accuracy_numpy", Calibration.accuracy(split.mean(), labels), ROUNDING);
    golden.check("nll_torch", Calibration.nll(split.mean(), labels), ROUNDING);
    golden.check("adaptive_hand", Calibration.adaptiveEce(split.mean(), labels, 5), ROUNDING);
    AccuracyVersusUncertainty cells =
        Calibration.accuracyVersusUncertainty(split.mean(), split.predictiveEntropy(), labels, 0.5);
    int[] expected = golden.whole("cells_hand");
    assertThat(cells)
        .isEqualTo(
            new AccuracyVersusUncertainty(expected[0], expected[1], expected[2], expected[3]));
    assertThat(Arrays.stream(expected).sum()).isEqualTo(labels.length);
  }
}
