package io.bayes4j.imports.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.keras.KerasModel.Call;
import io.bayes4j.imports.keras.KerasModel.Ref;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a layer's call reads, as the generations of Keras write it. */
final class CallArguments {
  private static final int MOST_DEPTH = 8;

  /** Arrays that a layer may be given by name, in the order of its arguments. */
  private static final List<String> NAMED = List.of("query", "inputs", "value", "key");

  private CallArguments() {}

  /**
   * A call.
   *
   * @param node an object of "args" and "kwargs", or a list of [layer, call, result, options] of
   *     generations before Keras 3
   */
  static Call call(Ref result, JsonNode node) throws MalformedModelFileException {
    List<Ref> inputs = refs(node.isObject() ? node.path("args") : node);
    JsonNode options = node.isObject() ? node.path("kwargs") : lastOptions(node);
    List<Ref> named = new ArrayList<>();
    for (String name : NAMED) {
      named.addAll(refs(options.path(name)));
    }
    inputs.addAll(named);
    for (Map.Entry<String, JsonNode> option : options.properties()) {
      if (!NAMED.contains(option.getKey()) && !refs(option.getValue()).isEmpty()) {
        throw new Unsupported(
            "layer \""
                + KerasFile.clean(result.layer())
                + "\": an array as its "
                + KerasFile.clean(option.getKey()));
      }
    }
    return new Call(result, inputs, options);
  }

  /** The options of a call in one of its triples: all have the same. */
  private static JsonNode lastOptions(JsonNode node) {
    JsonNode triple = node;
    while (triple.isArray() && triple.size() > 0 && triple.get(0).isArray()) {
      triple = triple.get(0);
    }
    return triple.path(3);
  }

  /** The layers' results in nested lists, as [name, call, tensor, ...] or in objects. */
  static List<Ref> refs(JsonNode node) throws MalformedModelFileException {
    List<Ref> refs = new ArrayList<>();
    collect(node, refs, 0);
    return refs;
  }

  private static void collect(JsonNode node, List<Ref> refs, int depth)
      throws MalformedModelFileException {
    if (depth > MOST_DEPTH) {
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
        collect(item, refs, depth + 1);
      }
    }
  }
}
