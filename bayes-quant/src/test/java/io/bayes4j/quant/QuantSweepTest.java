package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.convert.LayerFilter;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.sweep.ArgumentSweep;
import io.bayes4j.core.testing.sweep.Examples;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.sweep.LayersExamples;
import io.bayes4j.quant.LayerQuantization.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** All of bayes-quant, called with every wrong argument. */
final class QuantSweepTest {
  @Test
  void everyWrongArgumentIsNamedOrHasAMeaning() {
    ArgumentSweep sweep =
        new ArgumentSweep(Quantizer.class, examples())
            .withEdges()
            .allow("QuantizationReport.new(entries) empty", "a network without weights")
            .allow("LayerQuantization.new(path) *|LayerQuantization.new(*", "what was found")
            .allow("LayerQuantization.Input.new(*", "what was found")
            .allow("QuantizationOptions.withSeed(*", "any number")
            .allow("QuantizationOptions.withCalibration(*) huge", "at most all that there is")
            .without(
                "QuantizedRecurrent.*", "wrong shapes and states: see RecurrentQuantizationTest")
            .without("QuantizedEmbedding.*", "wrong numbers: see RecurrentQuantizationTest")
            .without(
                "Quantizer.save|Quantizer.load|Quantizer.loadPriors",
                "need files: see QuantizedFilesTest")
            .allow("Quantizer.calibrate(inputs) *", "the layers say what does not fit")
            .run();

    assertThat(sweep.findings()).isEmpty();
    assertThat(sweep.triples()).as("calls with a wrong argument").isGreaterThan(20);
  }

  private static Linear linear() {
    return new Linear(3, 4, Init.seeded(1));
  }

  private static LayerQuantization entry() {
    return new LayerQuantization(
        "path",
        "Linear",
        Outcome.REFUSED,
        "why",
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }

  private static Examples examples() {
    return LayersExamples.types()
        .put("QuantizationReport", () -> new QuantizationReport(List.of(entry())))
        .put("QuantizationOptions", QuantizationOptions::defaults)
        .put("sigmas: double", () -> 4.0)
        .put("share: double", () -> 0.99)
        .put("ActivationRange", ActivationRange::minMax)
        .put("LayerFilter", LayerFilter::all)
        .put("Calibration", () -> Quantizer.calibrate(linear(), Noise.seeded(1).normals(5, 3)))
        .put(
            "architecture: Supplier<? extends Layer>",
            () -> (Supplier<Layer>) QuantSweepTest::linear)
        .put(
            "QuantizedAffine",
            () -> Quantizer.quantizeInPlace(linear(), QuantizationOptions.defaults()).model())
        .put("LayerQuantization.Outcome", () -> Outcome.REFUSED)
        .put("Optional<LayerQuantization.Input>", Optional::empty)
        .put("List<LayerQuantization>", () -> List.of(entry()));
  }
}
