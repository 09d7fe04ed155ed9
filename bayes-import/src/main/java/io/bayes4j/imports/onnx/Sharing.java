package io.bayes4j.imports.onnx;

import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Slot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Layers by the arrays of the file that are their weights: of the same arrays and the same options
 * it is one layer, which stands at several nodes.
 */
final class Sharing {
  /** Nodes that a note names. */
  private static final int MOST_NAMES = 20;

  private final Map<Key, Layer> layers = new LinkedHashMap<>();

  /** The layers that each array of the file has gone into. */
  private final Map<Object, List<Layer>> users = new LinkedHashMap<>();

  /**
   * What makes two layers one.
   *
   * @param kind the layer and its options
   * @param weights what arrays they are
   */
  private record Key(Object kind, List<Object> weights) {}

  /**
   * A layer that was made of these arrays before, or a new one.
   *
   * @param kind the layer and its options; equal for equal ones
   * @param weights the one that makes the layer first, which no two layers have by chance, then
   *     others, such as biases: of those exporters store equal ones once
   */
  Layer layer(Object kind, List<Tensor> weights, Supplier<? extends Layer> make) {
    Key key = new Key(kind, weights.stream().map(Tensor::identity).toList());
    Layer known = layers.get(key);
    if (known != null) {
      return known;
    }
    Layer layer = make.get();
    layers.put(key, layer);
    users.computeIfAbsent(weights.get(0).root(), root -> new ArrayList<>()).add(layer);
    return layer;
  }

  /** What is shared in a graph, and what the file shares but the graph does not. */
  List<String> notes(Graph graph) {
    IdentityHashMap<Layer, List<String>> nodes = new IdentityHashMap<>();
    for (Slot<?> slot : graph.slots()) {
      nodes.computeIfAbsent(slot.layer(), layer -> new ArrayList<>()).add(slot.name());
    }
    List<String> notes = new ArrayList<>();
    for (Layer layer : layers.values()) {
      List<String> names = nodes.getOrDefault(layer, List.of());
      if (names.size() > 1) {
        notes.add("one layer, as its weights are there once: " + shown(names, " = "));
      }
    }
    for (Collection<Layer> several : users.values()) {
      List<String> names =
          several.stream()
              .map(layer -> nodes.getOrDefault(layer, Collections.emptyList()))
              .filter(all -> !all.isEmpty())
              .map(all -> all.get(0))
              .toList();
      if (names.size() > 1) {
        notes.add(
            "layers that use one array in different ways have copies of it: " + shown(names, ", "));
      }
    }
    return notes;
  }

  private static String shown(List<String> names, String between) {
    String all = names.stream().limit(MOST_NAMES).collect(Collectors.joining(between));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? all + " and " + more + " more" : all;
  }
}
