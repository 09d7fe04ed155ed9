package io.bayes4j.convert;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers.Located;
import java.util.ArrayList;
import java.util.List;

/**
 * Which layers of a network are meant: immutable, each method returns a narrower copy.
 *
 * <p>Paths are regular expressions for a whole path, as {@code layer1\..*} for all below layer1; a
 * tied layer goes by its first path. Types need not occur.
 */
@CheckReturnValue
public final class LayerFilter {
  private static final LayerFilter ALL = new LayerFilter(List.of());

  private final List<Part> parts;

  /** Keeps the layers that a selector names, or the others. */
  private record Part(LayerSelector selector, boolean including) {}

  private LayerFilter(List<Part> parts) {
    this.parts = parts;
  }

  /** All layers. */
  public static LayerFilter all() {
    return ALL;
  }

  /**
   * Only layers whose path matches.
   *
   * @throws IllegalArgumentException if it is not a regular expression
   */
  public LayerFilter including(String pathPattern) {
    return with(new Part(LayerSelector.of(pathPattern), true));
  }

  /**
   * No layers whose path matches.
   *
   * @throws IllegalArgumentException if it is not a regular expression
   */
  public LayerFilter excluding(String pathPattern) {
    return with(new Part(LayerSelector.of(pathPattern), false));
  }

  /** Only layers of a type. */
  public LayerFilter including(Class<? extends Layer> type) {
    return with(new Part(LayerSelector.of(type), true));
  }

  /** No layers of a type. */
  public LayerFilter excluding(Class<? extends Layer> type) {
    return with(new Part(LayerSelector.of(type), false));
  }

  private LayerFilter with(Part part) {
    List<Part> longer = new ArrayList<>(parts);
    longer.add(part);
    return new LayerFilter(List.copyOf(longer));
  }

  /** Whether a layer is meant. */
  public boolean leaves(Located place) {
    Require.nonNull(place, "place");
    return parts.stream().allMatch(part -> part.selector.matches(place) == part.including);
  }

  /** Whether something is named that is meant, so that nothing at all must be a mistake. */
  boolean hasInclusions() {
    return parts.stream().anyMatch(Part::including);
  }

  /**
   * Checks that every path names a layer.
   *
   * @param layers all that have weights
   * @throws IllegalArgumentException naming a path that matches none of them
   */
  public void requireMatches(List<Located> layers) {
    Require.elements(layers, "layers");
    parts.forEach(part -> part.selector.requireMatch(layers));
  }
}
