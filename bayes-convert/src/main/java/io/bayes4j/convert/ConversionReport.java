package io.bayes4j.convert;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.LayerChange;
import java.util.List;

/**
 * What became of every layer of a network.
 *
 * @param entries one for each layer with weights, in the order of the slots
 */
public record ConversionReport(List<LayerChange<Outcome>> entries) {
  /** Copies the list. */
  public ConversionReport {
    entries = List.copyOf(Require.elements(entries, "entries"));
  }

  /** What became of a layer. */
  public enum Outcome {
    /** It is Bayesian now. */
    CONVERTED,
    /** It was left as it is, as it should be. */
    KEPT,
    /** It was left as it is although it was asked for. */
    REFUSED
  }

  /** The layers with an outcome. */
  public List<LayerChange<Outcome>> with(Outcome outcome) {
    return LayerChange.with(outcome, entries);
  }

  /** One line for each layer. */
  @Override
  public String toString() {
    return LayerChange.lines(entries);
  }
}
