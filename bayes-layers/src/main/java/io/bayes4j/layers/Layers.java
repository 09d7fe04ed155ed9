package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Require;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Walks over the tree of layers in a model. */
public final class Layers {
  private Layers() {}

  /**
   * A layer and where it is.
   *
   * @param path names of the slots from the root, joined by dots; empty for the root
   * @param layer the layer
   */
  public record Located(String path, Layer layer) {
    /** Checks that both are there. */
    public Located {
      Require.nonNull(path, "path");
      Require.nonNull(layer, "layer");
    }

    /** The path of something the layer calls by a name. */
    public String child(String name) {
      Require.nonNull(name, "name");
      return path.isEmpty() ? name : path + "." + name;
    }
  }

  /**
   * Every layer once, parents before children, in the order of the slots; a tied layer appears at
   * its first path.
   *
   * @throws IllegalArgumentException if one of them keeps a layer with weights in a field, out of
   *     reach of the slots; see {@link KeptAside}
   */
  public static List<Located> of(Layer model) {
    List<Located> places = tree(model);
    StrayLayers.refuse(places);
    return places;
  }

  /**
   * A model as a table: a line for each layer, indented below the block that holds it, with the
   * shapes of its parameters and how many numbers they have; at the end how many weights there are,
   * and how many of them are Bayesian. Reads no array.
   */
  public static String summary(Layer model) {
    return Summary.of(Require.nonNull(model, "model"));
  }

  /**
   * {@link #summary(Layer)} with the shape of every layer's output.
   *
   * @param inputShape of an input that the model takes, which is run with zeros, at the means
   * @throws IllegalArgumentException if the shape does not fit the model
   */
  public static String summary(Layer model, long... inputShape) {
    Require.nonNull(model, "model");
    Require.argument(
        inputShape != null
            && inputShape.length > 0
            && Arrays.stream(inputShape).allMatch(length -> length > 0),
        "inputShape must be one or more lengths above zero, got %s",
        Require.text(inputShape));
    return Summary.of(model, inputShape);
  }

  /** As {@link #of}, whatever the layers keep in their fields. */
  static List<Located> tree(Layer model) {
    Require.nonNull(model, "model");
    List<Located> found = new ArrayList<>();
    Set<Layer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Located> open = new ArrayDeque<>();
    open.push(new Located("", model));
    while (!open.isEmpty()) {
      Located next = open.pop();
      if (!seen.add(next.layer())) {
        continue;
      }
      found.add(next);
      List<Slot<?>> slots = next.layer().slots();
      for (int i = slots.size() - 1; i >= 0; i--) {
        open.push(new Located(next.child(slots.get(i).name()), slots.get(i).layer()));
      }
    }
    return found;
  }

  /** The slots that hold each layer: several for a tied one, none for the root; by identity. */
  public static IdentityHashMap<Layer, List<Slot<?>>> holders(Layer model) {
    Require.nonNull(model, "model");
    IdentityHashMap<Layer, List<Slot<?>>> holders = new IdentityHashMap<>();
    for (Located place : of(model)) {
      holders.computeIfAbsent(place.layer(), layer -> new ArrayList<>());
      for (Slot<?> slot : place.layer().slots()) {
        holders.computeIfAbsent(slot.layer(), layer -> new ArrayList<>()).add(slot);
      }
    }
    return holders;
  }

  /**
   * Puts other layers in the place of some, while nobody predicts with the model.
   *
   * @param replacements by the layer, compared by identity, that they replace
   * @return the model, or what replaces it
   * @throws IllegalArgumentException if a slot does not accept its replacement
   */
  public static Layer replace(Layer model, IdentityHashMap<Layer, Layer> replacements) {
    Require.nonNull(model, "model");
    Require.nonNull(replacements, "replacements");
    return ModelAccess.changing(
        model,
        () -> {
          IdentityHashMap<Layer, List<Slot<?>>> holders = holders(model);
          replacements.forEach(
              (old, other) ->
                  holders.getOrDefault(old, List.of()).forEach(slot -> slot.replace(other)));
          return replacements.getOrDefault(model, model);
        });
  }

  /** All parameters by path, each once. */
  public static Map<String, Parameter> parameters(Layer model) {
    Require.nonNull(model, "model");
    Map<String, Parameter> all = new LinkedHashMap<>();
    Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Located place : of(model)) {
      place
          .layer()
          .parameters()
          .forEach(
              (name, parameter) -> {
                if (seen.add(parameter)) {
                  all.put(place.child(name), parameter);
                }
              });
    }
    return all;
  }

  /** All buffers by path; those of a layer that cannot be saved are its own affair. */
  public static Map<String, INDArray> buffers(Layer model) {
    Map<String, INDArray> all = new LinkedHashMap<>();
    for (Located place : of(model)) {
      buffersOf(place.layer()).forEach((name, buffer) -> all.put(place.child(name), buffer));
    }
    return all;
  }

  private static Map<String, INDArray> buffersOf(Layer layer) {
    try {
      return layer.buffers();
    } catch (UnsupportedOperationException e) {
      // So it says that it cannot be saved, as quantized layers do, which nothing changes.
      return Map.of();
    }
  }

  /**
   * Number of trainable and frozen numbers in all parameters; a Bayesian weight counts twice, as mu
   * and rho.
   */
  public static long parameterCount(Layer model) {
    Require.nonNull(model, "model");
    return parameters(model).values().stream().mapToLong(p -> p.value().length()).sum();
  }
}
