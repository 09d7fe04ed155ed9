package io.bayes4j.imports.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
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
 * @param inputs what the model is given, in the order of the file
 * @param outputs the calls whose results are the model's
 */
record KerasModel(List<Entry> layers, List<Call> calls, List<Ref> inputs, List<Ref> outputs) {
  private static final int MOST_LAYERS = 10_000;

  /** Calls of layers and inputs of them. */
  private static final int MOST_CALLS = 100_000;

  private static final int MOST_INPUTS = 64;

  private static final JsonNode NONE = MissingNode.getInstance();

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

  /**
   * A call of a layer with the results of others.
   *
   * @param options of the call, beside those of the layer
   */
  record Call(Ref result, List<Ref> inputs, JsonNode options) {}

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
    List<Ref> before = List.of();
    for (Entry entry : entries) {
      Ref result = new Ref(entry.name(), 0);
      calls.add(new Call(result, before, NONE));
      before = List.of(result);
    }
    return new KerasModel(all, calls, List.of(calls.get(0).result()), before);
  }

  private static KerasModel functional(List<Entry> entries, JsonNode layers, JsonNode config)
      throws MalformedModelFileException {
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      int number = 0;
      for (JsonNode node : layers.get(i).path("inbound_nodes")) {
        calls.add(CallArguments.call(new Ref(entries.get(i).name(), number++), node));
      }
      if (number == 0) {
        calls.add(new Call(new Ref(entries.get(i).name(), 0), List.of(), NONE));
      }
    }
    if (calls.stream().mapToLong(call -> 1 + call.inputs().size()).sum() > MOST_CALLS) {
      throw new MalformedModelFileException("a model must have at most " + MOST_CALLS + " calls");
    }
    List<Ref> outputs = CallArguments.refs(config.path("output_layers"));
    List<Ref> inputs = CallArguments.refs(config.path("input_layers"));
    if (outputs.isEmpty() || inputs.size() > MOST_INPUTS) {
      throw new MalformedModelFileException(
          "a model must have an output, and at most "
              + MOST_INPUTS
              + " inputs, has "
              + outputs.size()
              + " and "
              + inputs.size());
    }
    return new KerasModel(entries, Calls.sorted(calls), inputs, outputs);
  }
}
