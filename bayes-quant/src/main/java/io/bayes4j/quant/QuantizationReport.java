package io.bayes4j.quant;

import io.bayes4j.core.internal.Require;
import io.bayes4j.quant.LayerQuantization.Outcome;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What became of every layer of a network that was quantized.
 *
 * <p>Layers without weights have an entry if they compute in floats, between numbers that are made
 * floats for them and rounded again behind them. None has what 8-bit layers take in, ReLU and sums,
 * what only passes numbers on, such as the largest of a window, and what a block computes by itself
 * between its layers.
 *
 * @param entries one for each layer with weights, and for each other one that is float, in the
 *     order of the slots
 */
public record QuantizationReport(List<LayerQuantization> entries) {
  /** Copies the list. */
  public QuantizationReport {
    entries = List.copyOf(Require.elements(entries, "entries"));
  }

  /** The layers with an outcome. */
  public List<LayerQuantization> with(Outcome outcome) {
    Require.nonNull(outcome, "outcome");
    return entries.stream().filter(entry -> entry.outcome() == outcome).toList();
  }

  /** Activations of the calibration that lie beyond the greatest number, of all layers. */
  public long clipped() {
    return entries.stream()
        .flatMap(entry -> entry.input().stream())
        .mapToLong(LayerQuantization.Input::clipped)
        .sum();
  }

  /** One line for each entry. */
  @Override
  public String toString() {
    return entries.stream().map(LayerQuantization::toString).collect(Collectors.joining("\n"));
  }
}
