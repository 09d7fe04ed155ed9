package io.bayes4j.imports.dl4j;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An object of a configuration: its class, and its fields.
 *
 * @param type class in small letters, without package and without "layer" at the end
 * @param fields of the object
 */
record Conf(String type, JsonNode fields) {
  /**
   * An object, as versions from 1.0.0 write it, with its class in a field, or as older ones do, in
   * an object whose one field is its kind.
   */
  static Conf of(JsonNode node) {
    JsonNode named = node.path("@class");
    if (named.isTextual()) {
      return new Conf(simple(named.asText()), node);
    }
    Set<Map.Entry<String, JsonNode>> entries = node.properties();
    if (node.size() == 1) {
      Map.Entry<String, JsonNode> only = entries.iterator().next();
      if (only.getValue().isObject()) {
        return new Conf(simple(only.getKey()), only.getValue());
      }
    }
    return new Conf(node.isTextual() ? simple(node.asText()) : "", node);
  }

  private static String simple(String name) {
    String last = name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
    String small = last.toLowerCase(Locale.ROOT);
    return small.endsWith("layer") && small.length() > 5
        ? small.substring(0, small.length() - 5)
        : small;
  }

  JsonNode get(String... names) {
    for (String name : names) {
      JsonNode node = fields.path(name);
      if (!node.isMissingNode() && !node.isNull()) {
        return node;
      }
    }
    return fields.path("");
  }

  int integer(String... names) {
    JsonNode node = get(names);
    if (!node.isNumber() || node.asInt() < 0 || node.asDouble() != node.asInt()) {
      throw new Unsupported(names[0] + " must be a whole number, is " + node);
    }
    return node.asInt();
  }

  double number(double other, String... names) {
    JsonNode node = get(names);
    return node.isNumber() ? node.asDouble() : other;
  }

  boolean flag(boolean other, String name) {
    JsonNode node = get(name);
    return node.isBoolean() ? node.asBoolean() : other;
  }

  String text(String other, String... names) {
    JsonNode node = get(names);
    return node.isTextual() ? node.asText() : other;
  }

  /** Numbers for each axis. */
  List<Integer> axes(int rank, String name) {
    JsonNode node = get(name);
    List<Integer> numbers = new ArrayList<>();
    if (node.isNumber()) {
      numbers.add(node.asInt());
    }
    node.forEach(item -> numbers.add(item.asInt()));
    if (rank == 1 && numbers.size() == 2) {
      // A convolution over one axis has a second one of length one.
      return numbers.subList(0, 1);
    }
    if (numbers.size() != rank) {
      throw new Unsupported(name + " must be " + rank + " numbers, is " + node);
    }
    return numbers;
  }
}
