package io.bayes4j.imports.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.imports.format.MalformedModelFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A Sequential or functional model as its file describes it.
 *
 * @param layers in the order of the file
 * @param calls of layers, each after those whose results it reads
 * @param output the call whose result is the model's
 */
record KerasModel(List<Entry> layers, List<Call> calls, Ref output) {
  private static final int MOST_LAYERS = 10_000;

  /** Calls of layers and inputs of them. */
  private static final int MOST_CALLS = 100_000;

  /**
   * A layer.
   *
   * @param type class without package
   * @param byClass name in an archive's weights
   * @param config options
   */
  record Entry(String name, String type, String byClass, JsonNode config) {}

  /** The result of a layer's call, by the layer's name and the number of the call. */
  record Ref(String layer, int call) {}

  /** A call of a layer with the results of others. */
  record Call(Ref result, List<Ref> inputs) {}

  static boolean isModel(String type) {
    return type.equals("Sequential") || type.equals("Model") || type.equals("Functional");
  }

  static KerasModel of(JsonNode model) throws MalformedModelFileException {
    JsonNode config = model.path("config");
    JsonNode layers = config.isArray() ? config : config.path("layers");
    if (!layers.isArray() || layers.isEmpty() || layers.size() > MOST_LAYERS) {
      throw new MalformedModelFileException("a model must list its layers");
    }
    List<Entry> entries = entries(layers);
    boolean sequential = model.path("class_name").asText().equals("Sequential");
    return sequential ? sequential(entries) : functional(entries, layers, config);
  }

  private static List<Entry> entries(JsonNode layers) throws MalformedModelFileException {
    List<Entry> entries = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    Map<String, Entry> byName = new HashMap<>();
    for (JsonNode layer : layers) {
      String type = layer.path("class_name").asText();
      type = type.substring(type.lastIndexOf('>') + 1);
      JsonNode config = layer.path("config");
      String name = layer.path("name").asText(config.path("name").asText(""));
      if (name.isEmpty()) {
        // A model in a Sequential of Keras 1 or early 2 has no name but the first layer's.
        name = type.toLowerCase(Locale.ROOT) + "_" + entries.size();
      }
      String snake = snake(type);
      int number = seen.merge(snake, 1, Integer::sum) - 1;
      Entry entry = new Entry(name, type, number == 0 ? snake : snake + "_" + number, config);
      if (byName.put(name, entry) != null) {
        throw new MalformedModelFileException(
            "two layers must not be called " + KerasFile.clean(name));
      }
      entries.add(entry);
    }
    return entries;
  }

  private static final Pattern CAPITALIZED = Pattern.compile("(.)([A-Z][a-z]+)");
  private static final Pattern CAPITAL = Pattern.compile("([a-z])([A-Z])");

  /** A class as Keras writes it in names. */
  static String snake(String type) {
    String parted = CAPITALIZED.matcher(type.replaceAll("\\W+", "")).replaceAll("$1_$2");
    return CAPITAL.matcher(parted).replaceAll("$1_$2").toLowerCase(Locale.ROOT);
  }

  private static KerasModel sequential(List<Entry> entries) {
    List<Entry> all = new ArrayList<>(entries);
    List<Call> calls = new ArrayList<>();
    Ref last = null;
    for (Entry entry : entries) {
      Ref result = new Ref(entry.name(), 0);
      calls.add(new Call(result, last == null ? List.of() : List.of(last)));
      last = result;
    }
    return new KerasModel(all, calls, last);
  }

  private static KerasModel functional(List<Entry> entries, JsonNode layers, JsonNode config)
      throws MalformedModelFileException {
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      int number = 0;
      for (JsonNode node : layers.get(i).path("inbound_nodes")) {
        List<Ref> inputs = new ArrayList<>();
        refs(node.isObject() ? node.path("args") : node, inputs, 0);
        if (hasTensor(node.path("kwargs"), 0)) {
          throw new MalformedModelFileException(
              "layer "
                  + KerasFile.clean(entries.get(i).name())
                  + " must read arrays as its first argument alone");
        }
        calls.add(new Call(new Ref(entries.get(i).name(), number++), inputs));
      }
      if (number == 0) {
        calls.add(new Call(new Ref(entries.get(i).name(), 0), List.of()));
      }
    }
    if (calls.stream().mapToLong(call -> 1 + call.inputs().size()).sum() > MOST_CALLS) {
      throw new MalformedModelFileException("a model must have at most " + MOST_CALLS + " calls");
    }
    List<Ref> outputs = new ArrayList<>();
    refs(config.path("output_layers"), outputs, 0);
    if (outputs.size() != 1) {
      throw new MalformedModelFileException(
          "a model must have one output here, has " + outputs.size());
    }
    return new KerasModel(entries, Calls.sorted(calls), outputs.get(0));
  }

  /** Collects the layers' results in nested lists, as [name, call, tensor, ...] or in objects. */
  private static void refs(JsonNode node, List<Ref> refs, int depth)
      throws MalformedModelFileException {
    if (depth > 8) {
      throw new MalformedModelFileException("a layer's inputs must not be nested so deep");
    }
    JsonNode history = node.path("config").path("keras_history");
    JsonNode triple = history.isArray() ? history : node;
    boolean isRef =
        triple.isArray()
            && triple.size() >= 3
            && triple.get(0).isTextual()
            && triple.get(1).isNumber();
    if (isRef) {
      if (triple.get(2).asInt() != 0) {
        throw new MalformedModelFileException("layers with several results are not read");
      }
      refs.add(new Ref(triple.get(0).asText(), triple.get(1).asInt()));
    } else if (node.isArray()) {
      for (JsonNode item : node) {
        refs(item, refs, depth + 1);
      }
    }
  }

  private static boolean hasTensor(JsonNode node, int depth) {
    if (depth > 8 || node.path("class_name").asText().equals("__keras_tensor__")) {
      return true;
    }
    for (JsonNode item : node) {
      if (hasTensor(item, depth + 1)) {
        return true;
      }
    }
    return false;
  }
}
