package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.quant.LayerQuantization.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What each option changes. */
class QuantizationOptionsTest {
  private static final QuantizationOptions USUAL = QuantizationOptions.defaults();

  private static final int INPUTS = 1024;
  private static final int UNITS = 4;
  private static final int ROWS = 1024;

  /** The same weights each time. */
  private static Init init() {
    return Init.seeded(2);
  }

  private static double[] mean(Layer layer, INDArray x) {
    return Doubles.of(Pass.mean().run(layer, Var.constant(x)).value());
  }

  private static double[] steps(Layer quantized) {
    return Doubles.of(Require.entry(quantized.buffers(), "weight.scale"));
  }

  /** Each unit's weights are half as large as the last one's. */
  private static Linear ofHalves() {
    Linear layer = new Linear(INPUTS, UNITS, false, init());
    for (int unit = 0; unit < UNITS; unit++) {
      layer.parameters().get("weight").value().getRow(unit).muli(Math.pow(0.5, unit));
    }
    return layer;
  }

  /** Whole numbers up to 127, which rounding leaves as they are: weights alone are rounded. */
  private static INDArray wholeNumbers() {
    INDArray x = Noise.seeded(4).normals(ROWS, INPUTS);
    for (long i = 0; i < x.length(); i++) {
      x.putScalar(i, Math.max(-127, Math.min(127, Math.rint(40 * x.getFloat(i)))));
    }
    x.putScalar(0, 0, 127);
    return x;
  }

  /** Mean square of each unit's error. */
  private static double[] errors(QuantizationOptions options, double[] exact, INDArray x) {
    Layer made = Quantizer.calibrate(ofHalves(), x).quantizeInPlace(options).model();
    double[] rounded = mean(made, x);
    double[] errors = new double[UNITS];
    for (int i = 0; i < exact.length; i++) {
      errors[i % UNITS] += Math.pow(exact[i] - rounded[i], 2) / ROWS;
    }
    return errors;
  }

  /**
   * With one step a small unit loses what that is coarser than its own would be. A unit's error is
   * the mean square of 1024 sums, each of 1024 errors of rounding, whose squares have a relative
   * deviation of sqrt(0.8): a relative standard error of sqrt((2 + 0.8) / 1024) = 0.052, of the
   * ratio of two 0.074, four of which are 1.13 decibels.
   */
  @Test
  void oneStepPerLayerCostsSmallUnitsDecibels() {
    INDArray x = wholeNumbers();
    QuantizationOptions plain = USUAL.withoutBiasCorrection();
    double[] exact = mean(ofHalves(), x);
    double[] own = steps(Quantizer.calibrate(ofHalves(), x).quantizeInPlace(plain).model());
    double[] one =
        steps(
            Quantizer.calibrate(ofHalves(), x)
                .quantizeInPlace(plain.withOneStepPerLayer())
                .model());
    assertThat(one).containsOnly(own[0]);
    double[] fine = errors(plain, exact, x);
    double[] coarse = errors(plain.withOneStepPerLayer(), exact, x);
    for (int unit = 1; unit < UNITS; unit++) {
      double predicted = 20 * Math.log10(own[0] / own[unit]);
      assertThat(predicted).isBetween(5.0 * unit, 7.0 * unit);
      assertThat(10 * Math.log10(coarse[unit] / fine[unit])).isCloseTo(predicted, within(1.13));
    }
  }

  /** Weights of mean zero and spread one, each of which is an output for an input of one. */
  private static Layer standard() {
    LinearReparameterization layer =
        new LinearReparameterization(
            new AffineOp.Dense(1, 8192, false),
            VariationalSpec.defaults().withInitialSigma(1),
            init());
    layer.distributions().get("weight").posterior().mu().value().assign(0);
    return layer;
  }

  /** Draws reach as far as the option says, in steps of a 127th of that, and are cut off there. */
  @ParameterizedTest
  @ValueSource(doubles = {3, 3.5, 16})
  void coveredSigmasAreWhereDrawsAreCutOff(double sigmas) {
    INDArray one = Detached.of(new float[] {1}, 1, 1);
    Layer made = Quantizer.quantizeInPlace(standard(), USUAL.withCoveredSigmas(sigmas)).model();
    assertThat(steps(made)[0]).isCloseTo(sigmas / 127, within(1e-4 * sigmas));
    double[] drawn = Doubles.of(Pass.sample(Noise.seeded(6)).run(made, Var.constant(one)).value());
    double greatest = 0;
    double squares = 0;
    for (double weight : drawn) {
      greatest = Math.max(greatest, Math.abs(weight));
      squares += weight * weight / drawn.length;
    }
    // Of 8192 draws 22 are expected beyond 3 sigmas, 4 beyond 3.5 and none beyond 5.5.
    assertThat(greatest).isCloseTo(Math.min(sigmas, 4.5), within(sigmas > 4 ? 1.0 : 1e-3));
    // A code is within 2.2 per cent of sigma, what is cut off at 3 sigmas 0.25, and 4 standard
    // errors of 8192 draws 3.2.
    assertThat(Math.sqrt(squares)).isCloseTo(1, within(0.022 + 0.0025 + 0.032));
  }

  @Test
  void coveredSigmasHaveLimits() {
    for (double sigmas : new double[] {2.9, 16.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> USUAL.withCoveredSigmas(sigmas))
          .withMessage("sigmas must be in [3, 16], got " + sigmas);
    }
  }

  private static Sequential normalised() {
    return Sequential.of(new Conv2d(ConvSpec.conv2d(2, 3, 3), init()), new BatchNorm2d(3));
  }

  @Test
  void withoutFoldingNormalisationsStay() {
    INDArray x = Noise.seeded(3).normals(8, 2, 6, 6);
    Quantization folded = Quantizer.calibrate(normalised(), x).quantizeInPlace(USUAL);
    assertThat(folded.report().with(Outcome.FOLDED))
        .extracting(LayerQuantization::path)
        .containsExactly("1");
    Quantization kept =
        Quantizer.calibrate(normalised(), x).quantizeInPlace(USUAL.withoutFolding());
    assertThat(kept.report().with(Outcome.FOLDED)).isEmpty();
    assertThat(kept.report().with(Outcome.KEPT))
        .extracting(LayerQuantization::detail)
        .containsExactly("the options leave normalisations in float");
    assertThat(kept.model().slots().get(1).layer()).isInstanceOf(BatchNorm2d.class);
  }

  /** The mean over the calibration of what each unit lacks, which a bias makes up for. */
  @Test
  void withoutBiasCorrectionMeansAreShifted() {
    INDArray x = Noise.seeded(3).normals(32, 24).addi(1);
    double[] exact = mean(new Linear(24, 5, init()), x);
    double[] left = shifts(USUAL, exact, x);
    double[] shifted = shifts(USUAL.withoutBiasCorrection(), exact, x);
    for (int unit = 0; unit < left.length; unit++) {
      // Sums of floats near one.
      assertThat(left[unit]).isCloseTo(0, within(1e-6));
      assertThat(Math.abs(shifted[unit])).isGreaterThan(1e-5);
    }
  }

  private static double[] shifts(QuantizationOptions options, double[] exact, INDArray x) {
    Layer made = Quantizer.calibrate(new Linear(24, 5, init()), x).quantizeInPlace(options).model();
    double[] rounded = mean(made, x);
    double[] shifts = new double[5];
    for (int i = 0; i < exact.length; i++) {
      shifts[i % 5] += (exact[i] - rounded[i]) / 32;
    }
    return shifts;
  }
}
