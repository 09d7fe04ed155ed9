package io.bayes4j.imports.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The options of a Keras layer by the names of Keras 2 and 3, or by those of Keras 1. */
final class Options {
  private final JsonNode config;

  Options(JsonNode config) {
    this.config = config;
  }

  /** The first that is there; a missing node if none is. */
  JsonNode get(String... names) {
    for (String name : names) {
      JsonNode node = config.path(name);
      if (!node.isMissingNode() && !node.isNull()) {
        return node;
      }
    }
    return config.path("");
  }

  boolean has(String name) {
    return !get(name).isMissingNode();
  }

  int integer(String... names) {
    JsonNode node = get(names);
    JsonNode one = node.isArray() && node.size() == 1 ? node.get(0) : node;
    if (!one.isNumber() || one.asDouble() != one.asInt()) {
      throw new Unsupported(names[0] + " must be a whole number, is " + node);
    }
    return one.asInt();
  }

  double number(double other, String... names) {
    JsonNode node = get(names);
    // Keras 3 may write an array of NumPy with its value inside.
    JsonNode value = node.isObject() ? node.path("config").path("value") : node;
    if (!value.isMissingNode() && !value.isNumber()) {
      throw new Unsupported(names[0] + " must be a number, is " + value);
    }
    return value.isMissingNode() ? other : value.asDouble();
  }

  boolean flag(boolean other, String... names) {
    JsonNode node = get(names);
    return node.isMissingNode() ? other : node.asBoolean();
  }

  String text(String other, String... names) {
    JsonNode node = get(names);
    // Keras 3 may wrap a function, and has class and config for objects.
    JsonNode value = node.isObject() ? node.path("config") : node;
    JsonNode name = value.isObject() ? node.path("class_name") : value;
    return node.isMissingNode() ? other : name.asText();
  }

  /** Numbers for each axis, of which one may stand for all. */
  List<Integer> axes(int rank, String... names) {
    JsonNode node = get(names);
    if (node.isNumber()) {
      return Collections.nCopies(rank, integer(names));
    }
    List<Integer> numbers = numbers(node);
    if (numbers.size() != rank) {
      throw new Unsupported(names[0] + " must be " + rank + " numbers, is " + node);
    }
    return numbers;
  }

  static List<Integer> numbers(JsonNode node) {
    List<Integer> numbers = new ArrayList<>();
    node.forEach(item -> numbers.add(item.isNull() ? -1 : item.asInt()));
    return numbers;
  }
}
