package io.bayes4j.convert;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What became of every layer of a network.
 *
 * @param entries one for each layer with weights, in the order of the slots
 */
public record ConversionReport(List<Entry> entries) {
  /** Copies the list. */
  public ConversionReport {
    entries = List.copyOf(entries);
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
  @Override
  public String toString() {
    return entries.stream().map(Entry::toString).collect(Collectors.joining("\n"));
  }
}
