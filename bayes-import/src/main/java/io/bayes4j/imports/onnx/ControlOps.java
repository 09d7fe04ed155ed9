package io.bayes4j.imports.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.TensorProto;

/** Choices between parts of a network that are known when the file is read. */
final class ControlOps {
  static final String IF = "If";

  /** Operators that do a part of a network as often as the data say. */
  static final Set<String> REPEATS = Set.of("Loop", "Scan");

  private ControlOps() {}

  static void register(Map<String, Operators.Operator> all) {
    all.put(IF, ControlOps::branch);
  }

  /** What the branches of an operator read from around them: it cannot be read before that is. */
  static List<String> captured(NodeProto proto) {
    Set<String> all = new LinkedHashSet<>();
    for (AttributeProto attribute : proto.getAttributeList()) {
      if (attribute.hasG()) {
        capture(attribute.getG(), all);
      }
    }
    return List.copyOf(all);
  }

  private static void capture(GraphProto graph, Set<String> all) {
    Set<String> own = new HashSet<>();
    graph.getInitializerList().forEach(tensor -> own.add(tensor.getName()));
    graph.getNodeList().forEach(node -> own.addAll(node.getOutputList()));
    List<String> read = new ArrayList<>();
    for (NodeProto node : graph.getNodeList()) {
      read.addAll(node.getInputList());
      read.addAll(captured(node));
    }
    graph.getOutputList().forEach(output -> read.add(output.getName()));
    read.stream().filter(name -> !name.isEmpty() && !own.contains(name)).forEach(all::add);
  }

  private static Value branch(OpNode node, Scope scope) {
    boolean holds;
    try {
      holds = scope.constant(node, 0).number() != 0;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "chooses between parts of the network by what depends on the input", e);
    }
    GraphProto taken = node.attribute(holds ? "then_branch" : "else_branch").getG();
    if (taken.getOutputCount() < node.outputs().size()) {
      throw new IllegalArgumentException("has a branch that makes less than it hands out");
    }
    for (TensorProto tensor : taken.getInitializerList()) {
      scope.put(tensor.getName(), new Value.Constant(scope.tensor(tensor)));
    }
    for (NodeProto proto : taken.getNodeList()) {
      read(proto, scope);
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      scope.put(node.outputs().get(i), scope.get(taken.getOutput(i).getName()));
    }
    return scope.get(node.output());
  }

  private static void read(NodeProto proto, Scope scope) {
    OpNode inner = node(proto);
    Optional<Operators.Operator> operator = Operators.of(inner.type());
    if (operator.isEmpty() || inner.outputs().isEmpty()) {
      throw new IllegalArgumentException(
          "has " + inner.type() + " in a branch, an operator that there is no layer for");
    }
    scope.put(inner.output(), operator.get().read(inner, scope));
  }

  private static OpNode node(NodeProto proto) {
    Map<String, AttributeProto> attributes = new LinkedHashMap<>();
    proto.getAttributeList().forEach(attribute -> attributes.put(attribute.getName(), attribute));
    List<String> inputs = new ArrayList<>(proto.getInputList());
    inputs.addAll(captured(proto));
    boolean own = proto.getDomain().isEmpty() || proto.getDomain().equals("ai.onnx");
    String type = own ? proto.getOpType() : proto.getDomain() + "." + proto.getOpType();
    return new OpNode(type, proto.getName(), inputs, proto.getOutputList(), attributes);
  }
}
