package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.testing.sweep.ArgumentSweep;
import io.bayes4j.core.testing.sweep.CoreExamples;
import io.bayes4j.core.testing.sweep.Examples;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.LayerChange;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.sweep.LayersExamples;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** All of bayes-quant, called with every wrong argument. */
final class QuantSweepTest {
  @Test
  void everyWrongArgumentIsNamedOrHasAMeaning() {
    ArgumentSweep sweep =
        new ArgumentSweep(Quantizer.class, examples())
            .withEdges()
            .allow("QuantizedTensor.of(tensor) rank 7", "channels on the first axis")
            .allow("QuantizedTensor.*(channel) 0", "the first")
            .allow("Quantization.new(entries) empty", "a network without weights")
            .run();

    assertThat(sweep.findings()).isEmpty();
    assertThat(sweep.triples()).as("calls with a wrong argument").isGreaterThan(40);
  }

  private static Linear linear() {
    return new Linear(3, 4, Init.seeded(1));
  }

  private static List<LayerChange<Quantization.Outcome>> entries() {
    return List.of(
        LayerChange.of(
            new Layers.Located("path", Activation.RELU), Quantization.Outcome.REFUSED, "why"));
  }

  private static Examples examples() {
    return LayersExamples.types()
        .put("Affine", QuantSweepTest::linear)
        .put(
            "VariationalAffine",
            () -> new LinearReparameterization(3, 4, VariationalSpec.defaults(), Init.seeded(1)))
        .put("coveredSigmas: double", () -> 4.0)
        .put("Int8Linear", () -> Int8Linear.of(linear()))
        .put("QuantizedTensor", () -> QuantizedTensor.of(CoreExamples.array(2, 3)))
        .put(
            "QuantizedPosterior",
            () -> QuantizedPosterior.of(LayersExamples.weight(2, 3).posterior(), 4))
        .put("Quantization", () -> new Quantization(linear(), entries()))
        .put("Quantization.Outcome", () -> Quantization.Outcome.REFUSED)
        .put("List<LayerChange<Quantization.Outcome>>", QuantSweepTest::entries);
  }
}
