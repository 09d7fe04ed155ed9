package io.bayes4j.quant;

import io.bayes4j.layers.Layer;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A quantized network, and what became of each of its layers.
 *
 * @param model the network: the same object if it is a block, whose slots were refilled; another
 *     one if the root itself was replaced
 * @param entries one for each layer with weights, in the order of the slots
 */
public record Quantization(Layer model, List<Entry> entries) {
  /** Copies the list. */
  public Quantization {
    entries = List.copyOf(entries);
  }

  /** What became of a layer. */
  public enum Outcome {
    /** It computes in 8-bit integers now. */
    QUANTIZED,
    /** It was left as it is, in float. */
    REFUSED
  }

  /**
   * One layer.
   *
   * @param path names of the slots from the root, joined by dots; empty for the root
   * @param layer what it was
   * @param outcome what was done
   * @param detail what it is now, or why it was left
   */
  public record Entry(String path, String layer, Outcome outcome, String detail) {
    @Override
    public String toString() {
      return outcome + " " + (path.isEmpty() ? "(root)" : path) + " " + layer + ": " + detail;
    }
  }

  /** The layers with an outcome. */
  public List<Entry> with(Outcome outcome) {
    return entries.stream().filter(entry -> entry.outcome() == outcome).toList();
  }

  /** One line for each layer. */
  public String report() {
    return entries.stream().map(Entry::toString).collect(Collectors.joining("\n"));
  }
}
