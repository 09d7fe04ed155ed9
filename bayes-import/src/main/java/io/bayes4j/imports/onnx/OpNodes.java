package io.bayes4j.imports.onnx;

import io.bayes4j.imports.format.MalformedModelFileException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.FunctionProto;
import onnx.OnnxMl.ModelProto;
import onnx.OnnxMl.NodeProto;
import org.nd4j.shade.protobuf.ByteString;

/** The operators that an output depends on, functions inlined, in an order that can be computed. */
final class OpNodes {
  /** Operators after inlining; large published networks have some thousand. */
  private static final int MOST_NODES = 20_000;

  private static final int MOST_INLINED_DEPTH = 16;

  /** Bytes of operators, each counted as often as it is inlined. */
  private static final long MOST_INLINED = 1 << 26;

  private static final int STANDARD_ATTRIBUTES = 11;

  private final String file;
  private final Map<String, FunctionProto> functions = new HashMap<>();
  private final List<OpNode> all = new ArrayList<>();
  private int calls;
  private long inlined;

  private OpNodes(String file, ModelProto model) {
    this.file = file;
    for (FunctionProto function : model.getFunctionsList()) {
      functions.put(key(function.getDomain(), function.getName()), function);
    }
  }

  /**
   * The operators.
   *
   * @param output what is wanted
   * @throws MalformedModelFileException if they form a cycle, are too many, or two make one array
   */
  static List<OpNode> of(String file, ModelProto model, String output) throws IOException {
    OpNodes nodes = new OpNodes(file, model);
    nodes.add(model.getGraph().getNodeList(), "", Map.of(), Map.of(), 0);
    return nodes.ordered(output);
  }

  private static String key(String domain, String name) {
    return (domain.equals("ai.onnx") ? "" : domain) + ":" + name;
  }

  private void add(
      List<NodeProto> protos,
      String prefix,
      Map<String, String> bound,
      Map<String, AttributeProto> given,
      int depth)
      throws IOException {
    if (depth > MOST_INLINED_DEPTH) {
      throw new MalformedModelFileException(
          file + ": functions call each other more than " + MOST_INLINED_DEPTH + " deep");
    }
    for (NodeProto proto : protos) {
      if (depth > 0) {
        count(proto, prefix, given);
      }
      if (++calls > MOST_NODES) {
        throw new MalformedModelFileException(file + ": more than " + MOST_NODES + " operators");
      }
      List<String> inputs = renamed(proto.getInputList(), prefix, bound);
      List<String> outputs = renamed(proto.getOutputList(), prefix, bound);
      if (outputs.isEmpty()) {
        throw new MalformedModelFileException(
            file + ": operator " + Text.quote(proto.getOpType()) + " makes nothing");
      }
      Map<String, AttributeProto> attributes = attributes(proto, given);
      FunctionProto function = functions.get(key(proto.getDomain(), proto.getOpType()));
      if (function == null) {
        boolean own = proto.getDomain().isEmpty() || proto.getDomain().equals("ai.onnx");
        String type = own ? proto.getOpType() : proto.getDomain() + "." + proto.getOpType();
        List<String> read = new ArrayList<>(inputs);
        if (type.equals(ControlOps.IF)) {
          read.addAll(renamed(ControlOps.captured(proto), prefix, bound));
        }
        all.add(new OpNode(type, prefix + proto.getName(), read, outputs, attributes));
      } else {
        inline(function, prefix + calls + "/", inputs, outputs, attributes, depth);
      }
    }
  }

  /** Counts the bytes of an operator of a function, with what the call gives it. */
  private void count(NodeProto proto, String prefix, Map<String, AttributeProto> given)
      throws IOException {
    long names = 1L + proto.getInputCount() + proto.getOutputCount();
    inlined += proto.getSerializedSize() + names * prefix.length();
    for (AttributeProto attribute : proto.getAttributeList()) {
      AttributeProto value = given.get(attribute.getRefAttrName());
      inlined += value == null ? 0 : value.getSerializedSize();
    }
    if (inlined > MOST_INLINED) {
      throw new MalformedModelFileException(
          file + ": functions make more than " + MOST_INLINED + " bytes of operators");
    }
  }

  private void inline(
      FunctionProto function,
      String prefix,
      List<String> inputs,
      List<String> outputs,
      Map<String, AttributeProto> attributes,
      int depth)
      throws IOException {
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < function.getInputCount(); i++) {
      names.put(function.getInput(i), i < inputs.size() ? inputs.get(i) : "");
    }
    for (int i = 0; i < function.getOutputCount() && i < outputs.size(); i++) {
      names.put(function.getOutput(i), outputs.get(i));
    }
    Map<String, AttributeProto> values = new HashMap<>(attributes);
    // Values for attributes that a call leaves out: newer than the classes that parse the file.
    for (ByteString bytes :
        function.getUnknownFields().getField(STANDARD_ATTRIBUTES).getLengthDelimitedList()) {
      AttributeProto standard = AttributeProto.parseFrom(bytes);
      values.putIfAbsent(standard.getName(), standard);
    }
    add(function.getNodeList(), prefix, names, values, depth + 1);
  }

  private static List<String> renamed(
      List<String> names, String prefix, Map<String, String> bound) {
    return names.stream()
        .map(
            name -> name.isEmpty() ? "" : bound.containsKey(name) ? bound.get(name) : prefix + name)
        .toList();
  }

  /** A node's attributes, those of the function around it put in the place of references. */
  private static Map<String, AttributeProto> attributes(
      NodeProto proto, Map<String, AttributeProto> given) {
    Map<String, AttributeProto> all = new LinkedHashMap<>();
    for (AttributeProto attribute : proto.getAttributeList()) {
      String reference = attribute.getRefAttrName();
      AttributeProto value = reference.isEmpty() ? attribute : given.get(reference);
      if (value != null) {
        all.put(attribute.getName(), value);
      }
    }
    return all;
  }

  private List<OpNode> ordered(String output) throws IOException {
    Map<String, Integer> makers = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      for (String made : all.get(i).outputs()) {
        if (!made.isEmpty() && makers.put(made, i) != null) {
          throw new MalformedModelFileException(file + ": two operators make " + Text.quote(made));
        }
      }
    }
    List<OpNode> order = new ArrayList<>();
    Set<Integer> done = new HashSet<>();
    Set<Integer> open = new HashSet<>();
    Deque<Integer> stack = new ArrayDeque<>();
    if (makers.containsKey(output)) {
      stack.push(makers.get(output));
    }
    while (!stack.isEmpty()) {
      int number = stack.peek();
      if (done.contains(number) || !open.add(number)) {
        stack.pop();
        if (done.add(number)) {
          order.add(all.get(number));
        }
        continue;
      }
      for (String input : all.get(number).inputs()) {
        Integer maker = makers.get(input);
        if (maker != null && !done.contains(maker)) {
          if (open.contains(maker)) {
            throw new MalformedModelFileException(
                file + ": operators form a cycle through " + all.get(maker).label());
          }
          stack.push(maker);
        }
      }
    }
    return order;
  }
}
