package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.quant.LayerQuantization.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every kind of layer, in every rank, with every estimator and every way to calibrate, on normal
 * data: the output is close to the float layer's, and so is its spread over draws.
 */
class QuantizationMatrixTest {
  private static final VariationalSpec SPEC = VariationalSpec.defaults().withInitialSigma(0.05);

  /** Weights and inputs of 8 bits whose range is 4 to 5 standard deviations. */
  private static final double LEAST_DECIBELS = 28;

  /** What is cut off to make steps finer costs some where data are few. */
  private static final double LEAST_DECIBELS_CUT = 20;

  /** The same draws, but for rounding: see {@link LayerCheck}. */
  static final double SPREAD = 0.03;

  /**
   * Transposed convolutions and recurrent layers draw other numbers: the error of a standard
   * deviation of 16 draws. Over many draws see {@link SpreadOverManyDrawsTest}.
   */
  private static final double SPREAD_OF_OTHER_DRAWS = 0.15;

  /** A case of the matrix; without an estimator the layer is deterministic. */
  record Case(LayerKind kind, Estimator estimator, ActivationRange range) {
    Layer layer() {
      return layer(3);
    }

    Layer layer(long seed) {
      Layer layer = kind.plain().apply(Init.seeded(seed));
      return estimator == null
          ? layer
          : DnnToBnn.convert(layer, ConversionOptions.of(estimator).withSpec(SPEC)).model();
    }

    @Override
    public String toString() {
      return kind.name() + " " + estimator + " " + range;
    }
  }

  static Stream<Case> cases() {
    List<Case> all = new ArrayList<>();
    for (LayerKind kind : LayerKind.ALL) {
      for (ActivationRange range :
          List.of(
              ActivationRange.minMax(),
              ActivationRange.percentile(),
              ActivationRange.squaredError(),
              ActivationRange.entropy())) {
        all.add(new Case(kind, null, range));
        kind.estimators().forEach(estimator -> all.add(new Case(kind, estimator, range)));
      }
    }
    return all.stream();
  }

  /** A file holds all that a layer computes with: each kind, plain and drawn, to the last bit. */
  @ParameterizedTest
  @MethodSource("casesToSave")
  void isTheSameOnceLoaded(Case c, @TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Layer made =
        Quantizer.calibrate(Sequential.of(c.layer()), c.kind().x())
            .quantizeInPlace(QuantizationOptions.defaults())
            .model();
    Quantizer.save(made, file);
    Layer loaded = Quantizer.load(() -> Sequential.of(c.layer(4)), file);
    INDArray x = c.kind().x();
    assertThat(Doubles.of(MonteCarlo.of(loaded).samples(2).outputs(x)))
        .isEqualTo(Doubles.of(MonteCarlo.of(made).samples(2).outputs(x)));
    assertThat(Doubles.of(MonteCarlo.atMean(loaded).outputs(x)))
        .isEqualTo(Doubles.of(MonteCarlo.atMean(made).outputs(x)));
  }

  static Stream<Case> casesToSave() {
    return cases()
        .filter(c -> c.range().toString().equals("min-max"))
        .filter(c -> c.estimator() == null || c.estimator() == Estimator.REPARAMETERIZATION);
  }

  static Stream<Case> casesThatMultiplyTheirInput() {
    return cases().filter(c -> !c.kind().looksUp());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void staysCloseAndKeepsItsSpread(Case c, TestReporter figures) {
    Quantization done =
        Quantizer.calibrate(Sequential.of(c.layer()), c.kind().x())
            .quantizeInPlace(QuantizationOptions.defaults().withRange(c.range()));

    List<LayerQuantization> entries = done.report().with(Outcome.QUANTIZED);
    assertThat(entries).hasSize(c.kind().parts());
    boolean minMax = c.range().toString().equals("min-max");
    double bound = c.kind().drawsOtherNumbers() ? SPREAD_OF_OTHER_DRAWS : SPREAD;
    for (LayerQuantization entry : entries) {
      figures.publishEntry(c.toString(), entry.toString());
      assertThat(entry.signalToNoise().orElseThrow())
          .as("%s", entry)
          .isGreaterThan(minMax ? LEAST_DECIBELS : LEAST_DECIBELS_CUT);
      assertThat(entry.spreadRatio().isPresent()).isEqualTo(c.estimator() != null);
      entry
          .spreadRatio()
          .ifPresent(ratio -> assertThat(ratio).as("%s", entry).isBetween(1 - bound, 1 + bound));
      assertThat(entry.input().isPresent()).isEqualTo(!c.kind().looksUp());
      entry
          .input()
          .ifPresent(in -> assertThat(minMax && in.clipped() > 0).as("%s", entry).isFalse());
    }
  }

  static Stream<Case> casesOfMinMax() {
    return cases().filter(c -> c.range().toString().equals("min-max"));
  }

  private static List<double[]> steps(Layer model) {
    List<double[]> all = new ArrayList<>();
    Layers.buffers(model)
        .forEach(
            (name, numbers) -> {
              if (name.endsWith("weight.scale")) {
                all.add(Doubles.of(numbers));
              }
            });
    return all;
  }

  /**
   * One step for all units is the largest of theirs. An error of rounding weights has the square of
   * a step as its mean square, so that as much is lost, at most, as that of the largest is above
   * the mean of them; spreads are codes, which stand for the same in steps of any size.
   */
  @ParameterizedTest
  @MethodSource("casesOfMinMax")
  void oneStepPerLayerCostsWhatItIsCoarser(Case c) {
    QuantizationOptions options = QuantizationOptions.defaults();
    Quantization perUnit =
        Quantizer.calibrate(Sequential.of(c.layer()), c.kind().x()).quantizeInPlace(options);
    Quantization perLayer =
        Quantizer.calibrate(Sequential.of(c.layer()), c.kind().x())
            .quantizeInPlace(options.withOneStepPerLayer());

    List<double[]> fine = steps(perUnit.model());
    List<double[]> coarse = steps(perLayer.model());
    assertThat(coarse).hasSameSizeAs(fine).isNotEmpty();
    double loss = 0;
    for (int i = 0; i < fine.size(); i++) {
      double most = Arrays.stream(fine.get(i)).max().orElseThrow();
      assertThat(coarse.get(i)).containsOnly(most);
      double squares = Arrays.stream(fine.get(i)).map(step -> step * step).average().orElseThrow();
      loss = Math.max(loss, 10 * Math.log10(most * most / squares));
    }
    double bound = c.kind().drawsOtherNumbers() ? SPREAD_OF_OTHER_DRAWS : SPREAD;
    for (LayerQuantization entry : perLayer.report().with(Outcome.QUANTIZED)) {
      assertThat(entry.signalToNoise().orElseThrow())
          .as("%s", entry)
          .isGreaterThan(LEAST_DECIBELS - loss);
      entry
          .spreadRatio()
          .ifPresent(ratio -> assertThat(ratio).as("%s", entry).isBetween(1 - bound, 1 + bound));
    }
  }

  @ParameterizedTest
  @MethodSource("casesThatMultiplyTheirInput")
  void afterAReluNumbersHaveNoSign(Case c) {
    INDArray x = Detached.copy(c.kind().x());
    for (long i = 0; i < x.length(); i++) {
      x.putScalar(i, Math.max(0, x.getFloat(i)));
    }
    LayerQuantization entry =
        Quantizer.calibrate(Sequential.of(c.layer()), x)
            .quantizeInPlace(QuantizationOptions.defaults().withRange(c.range()))
            .report()
            .with(Outcome.QUANTIZED)
            .get(0);
    assertThat(entry.input().orElseThrow().signed()).isFalse();
    assertThat(entry.signalToNoise().orElseThrow()).as("%s", entry).isGreaterThan(20);
  }
}
