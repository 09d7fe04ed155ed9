package io.bayes4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.testing.sweep.ArgumentSweep;
import io.bayes4j.core.testing.sweep.Examples;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.LayerChange;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.sweep.LayersExamples;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** All of bayes-convert, called with every wrong argument. */
final class ConvertSweepTest {
  @Test
  void everyWrongArgumentIsNamedOrHasAMeaning() {
    ArgumentSweep sweep =
        new ArgumentSweep(DnnToBnn.class, examples())
            .withEdges()
            .allow("*(pathPattern) empty|*(pathPattern) blank", "the path of a bare layer")
            .allow("ConversionReport.new(entries) empty", "a network without weights")
            .allow("LayerFilter.requireMatches(layers) empty", "no choice that could miss a layer")
            .run();

    assertThat(sweep.findings()).isEmpty();
    assertThat(sweep.triples()).as("calls with a wrong argument").isGreaterThan(40);
  }

  private static LayerConversion conversion() {
    return new LayerConversion(Estimator.FLIPOUT, VariationalSpec.defaults(), Optional.empty());
  }

  private static List<LayerChange<ConversionReport.Outcome>> entries() {
    return List.of(
        LayerChange.of(
            new Layers.Located("path", Activation.RELU), ConversionReport.Outcome.KEPT, "why"));
  }

  private static Examples examples() {
    return LayersExamples.types()
        .put("ConversionOptions", ConversionOptions::flipout)
        .put("ConversionReport", () -> new ConversionReport(entries()))
        .put("ConversionReport.Outcome", () -> ConversionReport.Outcome.KEPT)
        .put("List<LayerChange<ConversionReport.Outcome>>", ConvertSweepTest::entries)
        .put("LayerConversion", ConvertSweepTest::conversion)
        .put("LayerFilter", LayerFilter::all)
        .put("List<Layers.Located>", () -> List.of(new Layers.Located("path", Activation.RELU)))
        .put("Optional<Moped>", Optional::empty)
        .put("Moped", () -> Moped.of(0.1))
        .put("Class<? extends Layer>", () -> Linear.class)
        .put("UnaryOperator<LayerConversion>", () -> UnaryOperator.<LayerConversion>identity());
  }
}
