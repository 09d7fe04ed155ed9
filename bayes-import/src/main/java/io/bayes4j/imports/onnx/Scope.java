package io.bayes4j.imports.onnx;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Constant;
import io.bayes4j.imports.onnx.Value.Filled;
import io.bayes4j.imports.onnx.Value.Lengths;
import io.bayes4j.layers.BatchWeight;
import io.bayes4j.layers.Layer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import onnx.OnnxMl.TensorProto;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is known while operators are read one after the other. */
final class Scope {
  /** Elements of a vector of whole numbers whose elements are looked at one by one. */
  static final int MOST_LENGTHS = 4096;

  final Assembly graph;
  final long opset;
  final List<String> notes;
  final Sharing sharing = new Sharing();

  /** The number of examples that the file was made with; empty if it leaves it open. */
  final Optional<Long> batch;

  private final TensorReader tensors;
  private final Work work;
  private final List<Computed> inputs;

  /** Operators whose work another has done, and what they make under another name. */
  private final IdentityHashMap<OpNode, String> skipped = new IdentityHashMap<>();

  private final Map<String, Value> values = new HashMap<>();
  private final Map<String, List<OpNode>> readers = new HashMap<>();

  Scope(
      long opset,
      List<Computed> inputs,
      Optional<Long> batch,
      List<OpNode> nodes,
      List<String> notes,
      TensorReader tensors,
      Work work) {
    this.tensors = tensors;
    this.work = work;
    this.graph = new Assembly(inputs.stream().map(Computed::node).toList(), work);
    this.opset = opset;
    this.inputs = inputs;
    this.batch = batch;
    this.notes = notes;
    for (OpNode node : nodes) {
      for (String name : node.inputs()) {
        readers.computeIfAbsent(name, any -> new ArrayList<>()).add(node);
      }
    }
  }

  TensorReader tensors() {
    return tensors;
  }

  /** An array of an attribute. */
  Tensor tensor(TensorProto proto) {
    try {
      return tensors.read(proto);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets an operator stand for what another makes. */
  void skip(OpNode node, String made) {
    skipped.put(node, made);
  }

  /** Whether an operator stands for something else; what it makes is then known. */
  boolean skipped(OpNode node) {
    String made = skipped.get(node);
    if (made != null) {
      put(node.output(), get(made));
    }
    return made != null;
  }

  /** The network's first input. */
  Computed input() {
    return inputs.get(0);
  }

  /** Whether a value is one of the network's inputs. */
  boolean isInput(Computed value) {
    return inputs.contains(value);
  }

  void put(String name, Value value) {
    values.put(name, value);
  }

  Value get(String name) {
    Value value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("reads " + Text.quote(name) + ", which nothing makes");
    }
    return value;
  }

  boolean knows(String name) {
    return values.containsKey(name);
  }

  /** The operator that alone reads a value; empty if there are others. */
  Optional<OpNode> onlyReader(String name) {
    List<OpNode> all = readers.getOrDefault(name, List.of());
    return all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty();
  }

  /** Counts a value as read from outside. */
  void keep(String name) {
    readers.computeIfAbsent(name, any -> new ArrayList<>());
  }

  boolean isRead(String name) {
    return !name.isEmpty() && readers.containsKey(name);
  }

  /** An input that depends on the network's. */
  Computed computed(OpNode node, int i) {
    Value value = get(node.input(i));
    if (value instanceof Computed computed) {
      return computed;
    }
    throw new IllegalArgumentException("reads a constant as its input " + i);
  }

  /** An input that must be a constant. */
  Tensor constant(OpNode node, int i) {
    return constant(get(node.input(i)), "input " + i);
  }

  Tensor constant(Value value, String what) {
    if (value instanceof Constant constant) {
      return constant.tensor();
    }
    if (value instanceof Lengths lengths && lengths.numbers().stream().allMatch(Dim::fixed)) {
      long[] all = lengths.numbers().stream().mapToLong(Dim::constant).toArray();
      return lengths.scalar() ? Tensor.ofLongs(() -> all) : Tensor.ofLongs(() -> all, all.length);
    }
    if (value instanceof Filled filled) {
      Dim length = Dim.product(filled.shape());
      if (length.fixed() && length.constant() <= Tensor.MOST_FOLDED) {
        work.spend(length.constant());
        float[] all = new float[(int) length.constant()];
        Arrays.fill(all, (float) filled.number());
        return Tensor.ofFloats(
            () -> all, filled.shape().stream().mapToLong(Dim::constant).toArray());
      }
    }
    throw new IllegalArgumentException("needs a constant as its " + what);
  }

  /** Counts the elements of a constant that is computed; an error if they are too many. */
  long room(List<Dim> shape) {
    long length = Dim.product(shape).value();
    if (length > work.mostFolded()) {
      throw new IllegalArgumentException("makes too large a constant, " + Dim.text(shape));
    }
    work.spend(length);
    return length;
  }

  /** An optional constant input. */
  Optional<Tensor> optional(OpNode node, int i) {
    return node.input(i).isEmpty() ? Optional.empty() : Optional.of(constant(node, i));
  }

  /** Whole numbers that may depend on the number of examples; empty if the value is none such. */
  Optional<Lengths> lengths(Value value) {
    if (value instanceof Lengths lengths) {
      return Optional.of(lengths);
    }
    if (value instanceof Constant constant
        && constant.tensor().integer()
        && constant.tensor().rank() <= 1
        && constant.tensor().length() <= MOST_LENGTHS) {
      return Optional.of(
          new Lengths(Dim.shape(constant.tensor().longs()), constant.tensor().rank() == 0));
    }
    if (value instanceof Filled filled && filled.shape().size() <= 1) {
      Dim length = Dim.product(filled.shape());
      if (length.fixed() && length.constant() <= MOST_LENGTHS) {
        Dim number = Dim.of((long) filled.number());
        List<Dim> all = Collections.nCopies((int) length.constant(), number);
        return Optional.of(new Lengths(all, filled.shape().isEmpty()));
      }
    }
    return Optional.empty();
  }

  /** A vector, if it is not too long. */
  static Lengths limited(List<Dim> numbers) {
    if (numbers.size() > MOST_LENGTHS) {
      throw new IllegalArgumentException("makes too many lengths, " + numbers.size());
    }
    return new Lengths(numbers, false);
  }

  List<Dim> requireLengths(OpNode node, int i) {
    return lengths(get(node.input(i)))
        .map(Lengths::numbers)
        .orElseThrow(() -> new IllegalArgumentException("needs whole numbers as its input " + i));
  }

  /** A value as a node of the graph: a constant as weights that every example has. */
  Value asNode(String label, Value value) {
    Value known = value;
    if (value instanceof Lengths || value instanceof Filled) {
      known = new Constant(constant(value, "input"));
    }
    if (!(known instanceof Constant constant)) {
      return value;
    }
    long[] shape = constant.tensor().shape();
    if (shape.length == 0 || shape[0] != 1) {
      throw new IllegalArgumentException(
          "joins an array that depends on the input with a constant of shape "
              + Arrays.toString(shape));
    }
    List<Dim> dims = new ArrayList<>(Dim.shape(shape));
    dims.set(0, Dim.BATCH);
    return graph.add(label, new BatchWeight(constant.tensor().array()), input(), dims);
  }

  /** A name for a layer: that of its weights if they have one, else the operator's. */
  String label(OpNode node) {
    for (int i = 1; i < Math.min(2, node.inputs().size()); i++) {
      String weight = node.input(i);
      int end = weight.lastIndexOf('.');
      if (end > 0 && weight.startsWith("weight", end + 1) && !weight.contains("/")) {
        return weight.substring(0, end);
      }
    }
    String name = Text.withoutSlashes(node.name());
    return name.isEmpty() ? node.type() : Text.clean(name);
  }

  /** Copies arrays into the parameters of a layer. */
  static <T extends Layer> T filled(T layer, Map<String, INDArray> weights) {
    Map<String, Parameter> parameters = layer.parameters();
    weights.forEach(
        (name, array) -> Objects.requireNonNull(parameters.get(name), name).assign(array));
    return layer;
  }
}
