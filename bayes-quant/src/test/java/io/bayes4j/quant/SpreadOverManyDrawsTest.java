package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.quant.QuantizationMatrixTest.Case;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Layers that draw other numbers than floats do have the same spread over many draws. */
class SpreadOverManyDrawsTest {
  private static final int MANY_DRAWS = 600;

  static Stream<Case> casesOfOtherDraws() {
    return QuantizationMatrixTest.casesOfMinMax()
        .filter(c -> c.estimator() != null && c.kind().drawsOtherNumbers());
  }

  /** But for the error of as many draws. */
  @ParameterizedTest
  @MethodSource("casesOfOtherDraws")
  void keepsItsSpreadOverManyDraws(Case c) {
    INDArray x = c.kind().x();
    Layer exact = Sequential.of(c.layer());
    Layer made =
        Quantizer.calibrate(exact, x)
            .quantize(() -> Sequential.of(c.layer()), QuantizationOptions.defaults())
            .model();
    Variance floats = Variance.of(exact, x);
    Variance integers = Variance.of(made, x);
    double error = Math.hypot(floats.error(), integers.error()) / 2;
    assertThat(error).isLessThan(0.01);
    assertThat(Math.sqrt(integers.mean() / floats.mean()))
        .isCloseTo(1, within(QuantizationMatrixTest.SPREAD + 4 * error));
  }

  /**
   * The variance over draws, as a mean over outputs, and its relative standard error, which draws
   * themselves tell: the squares of each draw's deviations are one measurement.
   */
  private record Variance(double mean, double error) {
    static Variance of(Layer layer, INDArray x) {
      INDArray draws = MonteCarlo.of(layer).samples(MANY_DRAWS).outputs(x);
      double[] all = Doubles.of(draws);
      int outputs = all.length / MANY_DRAWS;
      double[] means = Doubles.of(draws.mean(0));
      double[] squares = new double[MANY_DRAWS];
      for (int i = 0; i < all.length; i++) {
        squares[i / outputs] += Math.pow(all[i] - means[i % outputs], 2) / outputs;
      }
      double mean = Arrays.stream(squares).average().orElseThrow();
      double spread =
          Arrays.stream(squares).map(square -> Math.pow(square - mean, 2)).sum() / (MANY_DRAWS - 1);
      return new Variance(mean, Math.sqrt(spread / MANY_DRAWS) / mean);
    }
  }
}
