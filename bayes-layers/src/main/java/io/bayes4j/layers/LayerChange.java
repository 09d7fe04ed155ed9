package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What became of one layer when a network was changed.
 *
 * @param path names of the slots from the root, joined by dots; empty for the root
 * @param layer what it was
 * @param outcome what was done
 * @param detail what it is now, or why it was left
 * @param <O> what can become of a layer
 */
public record LayerChange<O extends Enum<O>>(String path, String layer, O outcome, String detail) {
  /** Checks that all are there. */
  public LayerChange {
    Require.nonNull(path, "path");
    Require.nonNull(layer, "layer");
    Require.nonNull(outcome, "outcome");
    Require.nonNull(detail, "detail");
  }

  /** What became of the layer at a place. */
  public static <O extends Enum<O>> LayerChange<O> of(
      Layers.Located place, O outcome, String detail) {
    Require.nonNull(place, "place");
    return new LayerChange<>(place.path(), Summary.name(place.layer()), outcome, detail);
  }

  /** Those with an outcome, in the same order. */
  public static <O extends Enum<O>> List<LayerChange<O>> with(
      O outcome, List<LayerChange<O>> changes) {
    Require.nonNull(outcome, "outcome");
    Require.elements(changes, "changes");
    return changes.stream().filter(change -> change.outcome == outcome).toList();
  }

  /** One line for each. */
  public static <O extends Enum<O>> String lines(List<LayerChange<O>> changes) {
    Require.elements(changes, "changes");
    return changes.stream().map(LayerChange::toString).collect(Collectors.joining("\n"));
  }

  /** Outcome, path, layer and detail in one line. */
  @Override
  public String toString() {
    return outcome.name().toLowerCase(Locale.ROOT)
        + " "
        + (path.isEmpty() ? "(root)" : path)
        + " "
        + layer
        + ": "
        + detail;
  }
}
