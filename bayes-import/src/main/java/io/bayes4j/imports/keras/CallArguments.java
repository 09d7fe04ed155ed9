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
    JsonNode args = node.isObject() ? node.path("args") : node;
    List<Ref> inputs = refs(args);
    JsonNode options = node.isObject() ? node.path("kwargs") : lastOptions(node);
    for (String name : NAMED) {
      inputs.addAll(refs(options.path(name)));
    }
    for (Map.Entry<String, JsonNode> option : options.properties()) {
      boolean named = NAMED.contains(option.getKey());
      if (!named && holdsTensor(option.getValue(), 0)) {
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
    JsonNode triple = triple(node);
    if (isRef(triple)) {
      if (triple.get(2).asInt() != 0) {
        throw new MalformedModelFileException("layers with several results are not read");
      }
      refs.add(new Ref(triple.get(0).asText(), triple.get(1).asInt()));
    } else if (node.isArray()) {
      for (JsonNode item : node) {
        collect(item, refs, depth + 1);
      }
    } else if (holdsTensor(node, depth)) {
      throw new Unsupported("arrays in an object, by names, are not read");
    }
  }

  private static JsonNode triple(JsonNode node) {
    JsonNode history = node.path("config").path("keras_history");
    return history.isArray() ? history : node;
  }

  private static boolean isRef(JsonNode triple) {
    return triple.isArray()
        && triple.size() >= 3
        && triple.get(0).isTextual()
        && triple.get(1).isNumber();
  }

  /** Whether a layer's result is anywhere within, also as a value by name. */
  private static boolean holdsTensor(JsonNode node, int depth) throws MalformedModelFileException {
    if (depth > MOST_DEPTH) {
      throw new MalformedModelFileException("a layer's inputs must not be nested so deep");
    }
    if (isRef(triple(node))) {
      return true;
    }
    for (JsonNode child : node) {
      if (holdsTensor(child, depth + 1)) {
        return true;
      }
    }
    return false;
  }
}
