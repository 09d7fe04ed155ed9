package io.bayes4j.imports.onnx;

import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.format.UnsupportedModelException;
import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Missing;
import io.bayes4j.layers.Graph;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.ModelProto;
import onnx.OnnxMl.TensorProto;
import onnx.OnnxMl.TensorShapeProto.Dimension;
import onnx.OnnxMl.ValueInfoProto;

/** Reads one model. */
final class ModelReader {
  private static final int LEAST_OPSET = 7;

  /** Arrays that a network is given. */
  private static final int MOST_INPUTS = 64;

  /** What an error lists at most. */
  private static final int MOST_PROBLEMS = 200;

  private final Path file;
  private final ModelProto model;
  private final long bytes;
  private final GraphProto graph;
  private final List<String> notes = new ArrayList<>();
  private final Set<String> problems = new LinkedHashSet<>();

  /**
   * For one model.
   *
   * @param bytes how many it has
   */
  ModelReader(Path file, ModelProto model, long bytes) {
    this.file = file;
    this.bytes = bytes;
    this.model = model;
    this.graph = model.getGraph();
  }

  ImportedModel read() throws IOException {
    if (!model.hasGraph() || graph.getOutputCount() == 0) {
      throw new MalformedModelFileException(file + ": has no graph with an output");
    }
    long opset = opset();
    String output = graph.getOutput(0).getName();
    if (graph.getOutputCount() > 1) {
      notes.add("of " + graph.getOutputCount() + " outputs the first is kept, " + output);
    }
    List<OpNode> nodes = OpNodes.of(file.toString(), model, output);
    List<ValueInfoProto> declared = inputs(nodes, output);
    refuseUnknown(nodes);
    Map<String, Computed> inputs = new LinkedHashMap<>();
    for (ValueInfoProto info : declared) {
      String name = inputs.isEmpty() ? Assembly.INPUT : Assembly.INPUT + "_" + (inputs.size() + 1);
      inputs.put(info.getName(), new Computed(name, shape(info)));
    }
    List<Computed> read = List.copyOf(inputs.values());
    noteInputs(inputs);
    Work work = new Work();
    work.hold(bytes);
    Scope scope =
        new Scope(
            opset, read, batch(declared.get(0)), nodes, notes, new TensorReader(file, work), work);
    inputs.forEach(scope::put);
    scope.keep(output);
    addInitializers(scope, nodes, output);
    Set<String> constant = constant(nodes, scope);
    nodes.stream().filter(n -> constant.contains(n.output())).forEach(n -> add(n, scope));
    nodes.stream().filter(n -> !constant.contains(n.output())).forEach(n -> add(n, scope));
    refuseProblems();
    Graph network = network(nodes, scope, output);
    notes.addAll(scope.sharing.notes(network));
    return new ImportedModel(network, "ONNX", producer(), inputShape(read.get(0).shape()), notes);
  }

  private long opset() throws IOException {
    long opset =
        model.getOpsetImportList().stream()
            .filter(id -> id.getDomain().isEmpty() || id.getDomain().equals("ai.onnx"))
            .mapToLong(id -> id.getVersion())
            .max()
            .orElse(1);
    if (opset < LEAST_OPSET) {
      throw new UnsupportedModelException(
          file.toString(),
          List.of("opset " + opset + ", of which the least read is " + LEAST_OPSET));
    }
    return opset;
  }

  private String producer() {
    return Text.clean((model.getProducerName() + " " + model.getProducerVersion()).strip());
  }

  private Set<String> initializers() {
    Set<String> names = new LinkedHashSet<>();
    graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
    return names;
  }

  private List<ValueInfoProto> inputs(List<OpNode> nodes, String output) throws IOException {
    Set<String> initializers = initializers();
    Set<String> read = new LinkedHashSet<>(List.of(output));
    nodes.forEach(node -> read.addAll(node.inputs()));
    List<ValueInfoProto> inputs =
        graph.getInputList().stream()
            .filter(info -> !initializers.contains(info.getName()))
            .filter(info -> read.contains(info.getName()))
            .toList();
    if (inputs.isEmpty() || inputs.size() > MOST_INPUTS) {
      throw new UnsupportedModelException(
          file.toString(),
          List.of(
              "a network of 1 to " + MOST_INPUTS + " inputs is read, this has " + inputs.size()));
    }
    return inputs;
  }

  private void noteInputs(Map<String, Computed> inputs) {
    if (inputs.size() > 1) {
      notes.add(
          inputs.entrySet().stream()
              .map(e -> Text.quote(e.getKey()) + " " + Dim.text(e.getValue().shape()))
              .collect(Collectors.joining(", ", "reads " + inputs.size() + " inputs, ", "")));
    }
  }

  private List<Dim> shape(ValueInfoProto info) throws IOException {
    List<Dimension> given = info.getType().getTensorType().getShape().getDimList();
    if (given.isEmpty() || given.size() > 8) {
      throw new UnsupportedModelException(
          file.toString(),
          List.of("input " + Text.quote(info.getName()) + " declares no shape with examples"));
    }
    List<Dim> shape = new ArrayList<>(List.of(Dim.BATCH));
    for (Dimension dim : given.subList(1, given.size())) {
      shape.add(dim.getDimValue() > 0 ? Dim.of(dim.getDimValue()) : Dim.OPEN);
    }
    return shape;
  }

  private Optional<Long> batch(ValueInfoProto info) {
    long length = info.getType().getTensorType().getShape().getDim(0).getDimValue();
    if (length > 0) {
      notes.add("made for " + length + " examples at once, takes any number of them");
    }
    return length > 0 ? Optional.of(length) : Optional.empty();
  }

  private static List<Long> inputShape(List<Dim> shape) {
    return shape.stream().map(dim -> dim.fixed() ? dim.constant() : -1L).toList();
  }

  private void refuseUnknown(List<OpNode> nodes) throws IOException {
    for (OpNode node : nodes) {
      if (Operators.of(node.type()).isEmpty()) {
        problems.add(
            node.label()
                + (ControlOps.REPEATS.contains(node.type())
                    ? " repeats a part of the network, which is not read: export it unrolled"
                    : " is an operator that there is no layer for"));
      }
    }
    refuseProblems();
  }

  private void refuseProblems() throws IOException {
    if (!problems.isEmpty()) {
      List<String> shown = new ArrayList<>(problems.stream().limit(MOST_PROBLEMS).toList());
      if (problems.size() > MOST_PROBLEMS) {
        shown.add("and " + (problems.size() - MOST_PROBLEMS) + " more");
      }
      throw new UnsupportedModelException(file.toString(), shown);
    }
  }

  private void addInitializers(Scope scope, List<OpNode> nodes, String output) throws IOException {
    Set<String> read = new LinkedHashSet<>(List.of(output));
    nodes.forEach(node -> read.addAll(node.inputs()));
    Map<String, TensorProto> byName = new HashMap<>();
    graph.getInitializerList().forEach(tensor -> byName.put(tensor.getName(), tensor));
    for (Map.Entry<String, TensorProto> entry : byName.entrySet()) {
      if (read.contains(entry.getKey())) {
        scope.put(entry.getKey(), new Value.Constant(scope.tensors().read(entry.getValue())));
      }
    }
  }

  /** What is made without the input: layers look for their weights there. */
  private static Set<String> constant(List<OpNode> nodes, Scope scope) {
    Set<String> known = new LinkedHashSet<>(List.of(""));
    Set<String> constant = new LinkedHashSet<>();
    for (OpNode node : nodes) {
      boolean all =
          node.inputs().stream()
              .allMatch(
                  name ->
                      known.contains(name)
                          || (scope.knows(name) && scope.get(name) instanceof Value.Constant));
      if (all && constant.add(node.output())) {
        known.addAll(node.outputs());
      }
    }
    return constant;
  }

  /** Reads an operator; one that cannot be read is noted, and what depends on it is not read. */
  private void add(OpNode node, Scope scope) {
    if (scope.skipped(node)) {
      return;
    }
    boolean missing =
        node.inputs().stream()
            .anyMatch(name -> scope.knows(name) && scope.get(name) instanceof Missing);
    Value value = new Missing();
    if (!missing) {
      try {
        value = Operators.of(node.type()).orElseThrow().read(node, scope);
      } catch (UncheckedIOException | Work.Exceeded e) {
        throw e;
      } catch (IllegalArgumentException e) {
        problems.add(node.label() + " " + Text.clean(String.valueOf(e.getMessage())));
      } catch (RuntimeException e) {
        // Options of a kind or number that the operator has not.
        problems.add(
            node.label() + " has options that cannot be read: " + Text.clean(e.toString()));
      }
    }
    for (String output : node.outputs()) {
      if (value instanceof Missing && !output.isEmpty()) {
        scope.put(output, value);
      }
    }
    if (!node.output().isEmpty()) {
      scope.put(node.output(), value);
    }
  }

  /** The operator that makes a value, other than those that hand it on; empty for an input. */
  private static Optional<OpNode> maker(List<OpNode> nodes, String output) {
    String name = output;
    for (int i = nodes.size() - 1; i >= 0; i--) {
      OpNode node = nodes.get(i);
      if (node.output().equals(name) && !node.type().equals("Identity")) {
        return Optional.of(node);
      }
      name = node.output().equals(name) ? node.input(0) : name;
    }
    return Optional.empty();
  }

  /** Without what makes probabilities of logits at the end, which losses and predictors do. */
  private Graph network(List<OpNode> nodes, Scope scope, String output) throws IOException {
    Value value = scope.get(output);
    Optional<OpNode> last =
        maker(nodes, output).filter(node -> ActivationOps.endsInProbabilities(node, scope));
    if (last.isPresent()) {
      notes.add(last.get().label() + " at the end is left out: losses and predictors take logits");
      value = scope.get(last.get().input(0));
    }
    if (!(value instanceof Computed computed)) {
      throw new UnsupportedModelException(
          file.toString(), List.of("its output does not depend on its input"));
    }
    return scope.graph.build(computed.node());
  }
}
