package io.bayes4j.imports.onnx;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import onnx.OnnxMl.AttributeProto;

/**
 * An operator of the file: names of what it reads, empty where an option is left out, and makes.
 */
record OpNode(
    String type,
    String name,
    List<String> inputs,
    List<String> outputs,
    Map<String, AttributeProto> attributes) {

  /** The operator and its name, for messages. */
  String label() {
    return Text.clean(type) + " " + Text.quote(name.isEmpty() ? output() : name);
  }

  String output() {
    return outputs.get(0);
  }

  /** Empty if it is left out. */
  String input(int i) {
    return i < inputs.size() ? inputs.get(i) : "";
  }

  boolean has(String attribute) {
    return attributes.containsKey(attribute);
  }

  long number(String attribute, long otherwise) {
    AttributeProto a = attributes.get(attribute);
    return a == null ? otherwise : a.getI();
  }

  double real(String attribute, double otherwise) {
    AttributeProto a = attributes.get(attribute);
    return a == null ? otherwise : a.getF();
  }

  String text(String attribute, String otherwise) {
    AttributeProto a = attributes.get(attribute);
    return a == null ? otherwise : a.getS().toStringUtf8();
  }

  /** Whole numbers; empty if the attribute is left out. */
  Optional<long[]> numbers(String attribute) {
    return has(attribute) ? Optional.of(requireNumbers(attribute)) : Optional.empty();
  }

  /** Whole numbers of an attribute that must be there. */
  long[] requireNumbers(String attribute) {
    return attribute(attribute).getIntsList().stream().mapToLong(Long::longValue).toArray();
  }

  /** Numbers of an attribute that must be there. */
  float[] requireReals(String attribute) {
    AttributeProto a = attribute(attribute);
    float[] all = new float[a.getFloatsCount()];
    for (int i = 0; i < all.length; i++) {
      all[i] = a.getFloats(i);
    }
    return all;
  }

  /** An attribute that must be there. */
  AttributeProto attribute(String attribute) {
    AttributeProto a = attributes.get(attribute);
    if (a == null) {
      throw new IllegalArgumentException("must have the attribute " + attribute);
    }
    return a;
  }
}
