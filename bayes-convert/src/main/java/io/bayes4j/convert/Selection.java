package io.bayes4j.convert;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.variational.VariationalLayer;
import io.bayes4j.layers.variational.VariationalLayers;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Finds the layers of a network that options ask for. */
final class Selection {
  private Selection() {}

  /**
   * The layers asked for.
   *
   * @param layers all that have weights
   * @throws IllegalArgumentException if a path of the options names none of them, or nothing is
   *     left of a network that has no Bayesian layer yet
   */
  static Set<Layer> of(List<Located> layers, ConversionOptions options) {
    options.requireMatches(layers);
    List<Located> left = layers.stream().filter(options::leaves).toList();
    Require.argument(
        !left.isEmpty()
            || !options.hasInclusions()
            || layers.stream().anyMatch(place -> place.layer() instanceof VariationalLayer),
        "the options leave none of the %d layers with weights",
        layers.size());
    Set<Layer> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
    (options.isLastLayerOnly() ? last(left) : left).forEach(place -> wanted.add(place.layer()));
    return wanted;
  }

  /** The last that is Bayesian or could be: a second conversion must not go one layer further. */
  private static List<Located> last(List<Located> layers) {
    for (int i = layers.size() - 1; i >= 0; i--) {
      Layer layer = layers.get(i).layer();
      if (layer instanceof VariationalLayer || VariationalLayers.hasCounterpart(layer)) {
        return List.of(layers.get(i));
      }
    }
    return List.of();
  }
}
