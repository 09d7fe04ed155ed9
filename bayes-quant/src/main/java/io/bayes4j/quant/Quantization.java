package io.bayes4j.quant;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerChange;
import java.util.List;

/**
 * A quantized network, and what became of each of its layers.
 *
 * @param model the network: the same object if it is a block, whose slots were refilled; another
 *     one if the root itself was replaced
 * @param entries one for each layer with weights, in the order of the slots
 */
public record Quantization(Layer model, List<LayerChange<Outcome>> entries) {
  /** Copies the list. */
  public Quantization {
    Require.nonNull(model, "model");
    entries = List.copyOf(Require.elements(entries, "entries"));
  }

  /** What became of a layer. */
  public enum Outcome {
    /** It computes in 8-bit integers now. */
    QUANTIZED,
    /** It was left as it is, in float. */
    REFUSED
  }

  /** The layers with an outcome. */
  public List<LayerChange<Outcome>> with(Outcome outcome) {
    return LayerChange.with(outcome, entries);
  }

  /** One line for each layer. */
  public String report() {
    return LayerChange.lines(entries);
  }
}
