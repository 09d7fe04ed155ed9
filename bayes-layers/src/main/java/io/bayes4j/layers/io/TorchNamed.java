package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.BatchWeight;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.WeightArithmetic;
import io.bayes4j.layers.variational.VariationalLayer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A model's weights where PyTorch has them: those of a tied layer at each of its places. */
final class TorchNamed {
  private TorchNamed() {}

  /**
   * Copies of all weights under PyTorch's names: the means of Bayesian ones, the projections of
   * attention in one array, and the weights of what is a layer here and a parameter of its block
   * there.
   */
  static Map<String, INDArray> arrays(Layer model) {
    Map<String, INDArray> all = new LinkedHashMap<>();
    Map<String, MultiheadAttention> packed = new LinkedHashMap<>();
    walk(
        "",
        model,
        List.of(),
        (path, layer) -> {
          values(layer)
              .forEach((name, array) -> all.put(name(path, name, layer), Detached.copy(array)));
          if (layer instanceof MultiheadAttention attention) {
            packed.put(path, attention);
          }
        });
    packed.forEach((path, attention) -> TorchAttention.pack(path, attention.spec(), all));
    return all;
  }

  /** The name that the model has for each array at the further places of what is tied. */
  static Map<String, String> further(Layer model) {
    Map<String, String> further = new LinkedHashMap<>();
    IdentityHashMap<Layer, String> layers = new IdentityHashMap<>();
    IdentityHashMap<Object, String> weights = new IdentityHashMap<>();
    walk(
        "",
        model,
        List.of(),
        (path, layer) -> {
          weights(layer)
              .forEach((name, object) -> tie(object, child(path, name), weights, further));
          String before = layers.putIfAbsent(layer, path);
          if (before != null) {
            layer
                .buffers()
                .keySet()
                .forEach(name -> further.put(child(path, name), child(before, name)));
          }
        });
    return further;
  }

  private static void tie(
      Object weights,
      String name,
      IdentityHashMap<Object, String> first,
      Map<String, String> further) {
    String before = first.putIfAbsent(weights, name);
    if (before != null) {
      further.put(name, before);
    }
  }

  /**
   * Calls for a layer at a path and all that it holds.
   *
   * @param above the blocks that hold it, in case that it holds itself
   */
  private static void walk(
      String path, Layer layer, List<Layer> above, BiConsumer<String, Layer> each) {
    if (above.stream().anyMatch(block -> block == layer)) {
      return;
    }
    each.accept(path, layer);
    List<Layer> blocks = new ArrayList<>(above);
    blocks.add(layer);
    for (Slot<?> slot : layer.slots()) {
      walk(child(path, slot.name()), slot.layer(), blocks, each);
    }
  }

  private static Map<String, INDArray> values(Layer layer) {
    Map<String, INDArray> values = new LinkedHashMap<>();
    Map<String, VariationalParameter> posteriors = posteriors(layer);
    posteriors.forEach((name, weights) -> values.put(name, weights.posterior().mean().value()));
    layer
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (!isOfPosterior(name, posteriors)) {
                values.put(name, parameter.value());
              }
            });
    values.putAll(layer.buffers());
    return values;
  }

  /** Posteriors and parameters, which are the same objects where weights are tied. */
  private static Map<String, Object> weights(Layer layer) {
    Map<String, VariationalParameter> posteriors = posteriors(layer);
    Map<String, Object> weights = new LinkedHashMap<>(posteriors);
    layer
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (!isOfPosterior(name, posteriors)) {
                weights.put(name, parameter);
              }
            });
    return weights;
  }

  private static Map<String, VariationalParameter> posteriors(Layer layer) {
    return layer instanceof VariationalLayer variational ? variational.distributions() : Map.of();
  }

  private static boolean isOfPosterior(String name, Map<String, VariationalParameter> posteriors) {
    return posteriors.keySet().stream().anyMatch(of -> name.startsWith(of + "."));
  }

  private static String name(String path, String name, Layer layer) {
    boolean node = layer instanceof WeightArithmetic || layer instanceof BatchWeight;
    return node && !path.isEmpty() ? path : child(path, name);
  }

  private static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
