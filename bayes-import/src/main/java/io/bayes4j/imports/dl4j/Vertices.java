package io.bayes4j.imports.dl4j;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.imports.dl4j.Value.Kind;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.MultiInputLayer;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.ScaleShift;
import io.bayes4j.layers.Slice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The vertices of a ComputationGraph that are no layers, and their order. */
final class Vertices {
  private Vertices() {}

  /**
   * The order in which vertices compute, which is that of their parameters: as the file says it, or
   * as Deeplearning4j finds it.
   */
  static List<String> order(JsonNode configuration, String file)
      throws MalformedModelFileException {
    List<String> said = Dl4jNetwork.texts(configuration.path("topologicalOrderStr"));
    if (said.isEmpty()) {
      return sorted(configuration, file);
    }
    boolean whole =
        new HashSet<>(said).size() == said.size()
            && said.size()
                == configuration.path("vertices").size()
                    + configuration.path("networkInputs").size();
    if (!whole) {
      throw new MalformedModelFileException(file + ": the order must have each vertex once");
    }
    return said;
  }

  private static List<String> sorted(JsonNode configuration, String file)
      throws MalformedModelFileException {
    Map<String, Integer> waiting = new LinkedHashMap<>();
    Map<String, List<String>> readers = new HashMap<>();
    Dl4jNetwork.texts(configuration.path("networkInputs")).forEach(name -> waiting.put(name, 0));
    configuration
        .path("vertices")
        .fieldNames()
        .forEachRemaining(
            name -> {
              List<String> reads = Dl4jNetwork.texts(configuration.path("vertexInputs").path(name));
              waiting.put(name, reads.size());
              reads.forEach(
                  from -> readers.computeIfAbsent(from, key -> new ArrayList<>()).add(name));
            });
    Deque<String> ready = new ArrayDeque<>();
    waiting.forEach(
        (name, count) -> {
          if (count == 0) {
            ready.add(name);
          }
        });
    List<String> sorted = new ArrayList<>();
    while (!ready.isEmpty()) {
      String next = ready.remove();
      sorted.add(next);
      for (String reader : readers.getOrDefault(next, List.of())) {
        if (waiting.merge(reader, -1, Integer::sum) == 0) {
          ready.add(reader);
        }
      }
    }
    if (sorted.size() < waiting.size()) {
      throw new MalformedModelFileException(file + ": vertices must not read each other in cycles");
    }
    return sorted;
  }

  /** Adds a vertex; of no inputs it only says whether it is known. */
  static Value add(Net net, String name, Conf vertex, List<Value> inputs) {
    Value first = inputs.isEmpty() ? new Value("", Kind.FLAT) : inputs.get(0);
    switch (vertex.type()) {
      case "elementwisevertex", "elementwise" -> {
        String op = vertex.text("Add", "op");
        Arithmetic operation = operation(op);
        return inputs.isEmpty() ? first : elementwise(net, name, op, operation, inputs);
      }
      case "mergevertex", "merge" -> {
        return inputs.isEmpty() ? first : merged(net, name, inputs);
      }
      case "scalevertex", "scale" -> {
        return linear(net, name, new ScaleShift(vertex.number(1, "scaleFactor"), 0), first);
      }
      case "shiftvertex", "shift" -> {
        return linear(net, name, new ScaleShift(1, vertex.number(0, "shiftFactor")), first);
      }
      case "subsetvertex", "subset" -> {
        int axis = first.kind() == Kind.SEQUENCES ? 2 : 1;
        Slice slice = Slice.of(axis, vertex.integer("from"), vertex.integer("to") + 1L);
        return first.node().isEmpty() ? first : first.at(net.add(name, slice, first.node()));
      }
      case "preprocessorvertex" -> {
        return first.node().isEmpty()
            ? first
            : Processors.apply(net, name, vertex.get("preProcessor"), first);
      }
      case "lasttimestepvertex" -> {
        return first.node().isEmpty() ? first : last(net, name, first);
      }
      default -> throw new Unsupported("no such vertex here");
    }
  }

  private static Arithmetic operation(String op) {
    return switch (op) {
      case "Add", "Average" -> Arithmetic.ADD;
      case "Subtract" -> Arithmetic.SUB;
      case "Product" -> Arithmetic.MUL;
      default -> throw new Unsupported("op " + Dl4jFile.clean(op));
    };
  }

  private static Value elementwise(
      Net net, String name, String op, Arithmetic operation, List<Value> inputs) {
    Value all = joined(net, name, operation, inputs);
    boolean mean = op.equals("Average");
    ScaleShift share = new ScaleShift(1.0 / inputs.size(), 0);
    return mean ? all.at(net.add(name + "_mean", share, all.node())) : all;
  }

  private static Value linear(Net net, String name, ScaleShift layer, Value value) {
    return value.node().isEmpty() ? value : value.at(net.add(name, layer, value.node()));
  }

  /** The last step of sequences. */
  static Value last(Net net, String name, Value value) {
    Value sequences = net.sequences(value);
    String step = net.add(name + "_step", Slice.of(1, -1, Long.MAX_VALUE), sequences.node());
    return new Value(net.add(name + "_last", Reshape.of(0, -1), step), Kind.FLAT);
  }

  static Value merged(Net net, String name, List<Value> inputs) {
    if (inputs.size() == 1) {
      return inputs.get(0);
    }
    int axis = inputs.get(0).kind() == Kind.SEQUENCES ? 2 : 1;
    return joined(net, name, new Concat(axis), inputs);
  }

  private static Value joined(Net net, String name, MultiInputLayer operation, List<Value> inputs) {
    boolean sequences = inputs.get(0).kind() == Kind.SEQUENCES;
    List<Value> alike =
        inputs.stream().map(v -> sequences ? net.sequences(v) : net.signals(v)).toList();
    if (alike.stream().map(Value::kind).distinct().count() > 1) {
      throw new Unsupported("inputs of unlike kinds");
    }
    String[] nodes = alike.stream().map(Value::node).toArray(String[]::new);
    return alike.get(0).at(net.add(name, operation, nodes));
  }
}
