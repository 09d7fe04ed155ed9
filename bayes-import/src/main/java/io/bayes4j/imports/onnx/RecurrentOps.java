package io.bayes4j.imports.onnx;

import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Constant;
import io.bayes4j.imports.onnx.Value.Filled;
import io.bayes4j.imports.parts.StepRecurrent;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Slice;
import io.bayes4j.layers.io.StateDict;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Recurrent layers, whose gates have another order here. */
final class RecurrentOps {
  /** Which gate of the file each of PyTorch's is: i, f, g, o of i, o, f, c. */
  private static final int[] LSTM_GATES = {0, 2, 3, 1};

  /** r, z, n of z, r, h. */
  private static final int[] GRU_GATES = {1, 0, 2};

  private RecurrentOps() {}

  static void register(Map<String, Operators.Operator> all) {
    all.put("LSTM", (node, scope) -> read(node, scope, LSTM_GATES));
    all.put("GRU", (node, scope) -> read(node, scope, GRU_GATES));
  }

  private static Value read(OpNode node, Scope scope, int... gates) {
    Computed x = scope.computed(node, 0);
    boolean lstm = gates == LSTM_GATES;
    Tensor weight = scope.constant(node, 1);
    Tensor recurrent = scope.constant(node, 2);
    requireOptions(node, scope, lstm);
    int directions = Math.toIntExact(weight.size(0));
    int hidden = Math.toIntExact(recurrent.size(2));
    int inputs = Math.toIntExact(weight.size(2));
    boolean both = node.text("direction", "forward").equals("bidirectional");
    boolean batchFirst = node.number("layout", 0) != 0;
    boolean fits =
        directions == (both ? 2 : 1)
            && weight.size(1) == (long) gates.length * hidden
            && recurrent.size(1) == (long) gates.length * hidden
            && x.rank() == 3
            && x.shape().get(2).equals(Dim.of(inputs));
    if (!fits) {
      throw new IllegalArgumentException("has weights that do not fit each other or the input");
    }
    RecurrentSpec spec = RecurrentSpec.of(inputs, hidden);
    spec = both ? spec.withBidirectional() : spec;
    boolean bias = !node.input(3).isEmpty();
    List<Tensor> arrays =
        bias ? List.of(weight, recurrent, scope.constant(node, 3)) : List.of(weight, recurrent);
    boolean steps = !lstm && node.number("linear_before_reset", 0) == 0;
    RecurrentSpec exact = bias ? spec : spec.withoutBias();
    Layer layer =
        scope.sharing.layer(
            List.of(node.type(), exact, steps),
            arrays,
            () ->
                steps
                    ? stepByStep(node, scope, inputs, hidden)
                    : Scope.filled(
                        lstm ? new Lstm(exact, Init.zeros()) : new Gru(exact, Init.zeros()),
                        weights(node, scope, bias, gates)));
    return outputs(node, scope, x, layer, directions, hidden, batchFirst);
  }

  /** By the names of our layers, the gates in their order. */
  private static Map<String, INDArray> weights(
      OpNode node, Scope scope, boolean bias, int... gates) {
    Tensor weight = scope.constant(node, 1);
    Tensor recurrent = scope.constant(node, 2);
    int hidden = Math.toIntExact(recurrent.size(2));
    int inputs = Math.toIntExact(weight.size(2));
    Map<String, INDArray> weights = new HashMap<>();
    for (int direction = 0; direction < weight.size(0); direction++) {
      String end = "_l0" + (direction == 1 ? "_reverse" : "");
      weights.put(
          "weight_ih" + end, part(weight, direction, hidden * inputs, 0, gates, hidden, inputs));
      weights.put(
          "weight_hh" + end, part(recurrent, direction, hidden * hidden, 0, gates, hidden, hidden));
      if (bias) {
        Tensor biases = scope.constant(node, 3);
        weights.put("bias_ih" + end, part(biases, direction, hidden, 0, gates, hidden));
        weights.put("bias_hh" + end, part(biases, direction, hidden, gates.length, gates, hidden));
      }
    }
    return weights;
  }

  /** Its gates have the order of this layer's; both biases are added at the same place. */
  private static Layer stepByStep(OpNode node, Scope scope, int inputs, int hidden) {
    StepRecurrent.Cell cell = StepRecurrent.Cell.GRU_RESET_BEFORE;
    StepRecurrent layer =
        new StepRecurrent(cell, inputs, hidden, Activation.TANH, Activation.SIGMOID);
    float[] biases = new float[3 * hidden];
    if (!node.input(3).isEmpty()) {
      float[] both = scope.constant(node, 3).floats();
      for (int i = 0; i < biases.length; i++) {
        biases[i] = both[i] + both[biases.length + i];
      }
    }
    float[] recurrent = scope.constant(node, 2).floats();
    int ofGates = 2 * hidden * hidden;
    float[] gates = Arrays.copyOf(recurrent, ofGates);
    float[] candidate = Arrays.copyOfRange(recurrent, ofGates, 3 * hidden * hidden);
    StateDict.load(
        layer,
        Map.of(
            "input.weight", scope.constant(node, 1).array(3L * hidden, inputs),
            "input.bias", Tensor.ofFloats(() -> biases, biases.length).array(),
            "recurrent.weight", Tensor.ofFloats(() -> gates, 2L * hidden, hidden).array(),
            "candidate.weight", Tensor.ofFloats(() -> candidate, hidden, hidden).array()));
    return layer;
  }

  private static void requireOptions(OpNode node, Scope scope, boolean lstm) {
    if (!node.input(4).isEmpty() && !(scope.get(node.input(4)) instanceof Constant)) {
      throw new IllegalArgumentException("reads lengths of sequences");
    }
    if (!node.input(4).isEmpty()) {
      throw new IllegalArgumentException("has fixed lengths of sequences");
    }
    for (int i = 5; i < node.inputs().size(); i++) {
      if (!node.input(i).isEmpty() && !zero(scope, node.input(i))) {
        throw new IllegalArgumentException(
            i == 7 ? "has peepholes" : "starts from a state other than zero");
      }
    }
    boolean standard =
        !node.has("activations")
            || node.attribute("activations").getStringsList().stream()
                .map(text -> text.toStringUtf8())
                .distinct()
                .toList()
                .equals(List.of("Sigmoid", "Tanh"));
    if (!standard || node.has("clip") || node.number("input_forget", 0) != 0) {
      throw new IllegalArgumentException("has gates of another kind");
    }
    if (!lstm
        && node.number("linear_before_reset", 0) == 0
        && !node.text("direction", "forward").equals("forward")) {
      throw new IllegalArgumentException(
          "resets its state before the product (linear_before_reset=0), in both directions");
    }
    if (node.text("direction", "forward").equals("reverse")) {
      throw new IllegalArgumentException("reads backwards alone");
    }
    if (lstm && node.outputs().size() > 2 && scope.isRead(node.outputs().get(2))) {
      throw new IllegalArgumentException("hands out its cells");
    }
  }

  private static boolean zero(Scope scope, String name) {
    Value value = scope.get(name);
    if (value instanceof Filled filled) {
      return filled.number() == 0;
    }
    return value instanceof Constant constant && allZero(constant.tensor().floats());
  }

  private static boolean allZero(float[] numbers) {
    return IntStream.range(0, numbers.length).allMatch(i -> numbers[i] == 0);
  }

  /** The gates of one direction in PyTorch's order. */
  private static INDArray part(
      Tensor all, int direction, int gateLength, int firstGate, int[] gates, long... shape) {
    float[] from = all.floats();
    int perDirection = from.length / Math.toIntExact(all.size(0));
    float[] to = new float[gates.length * gateLength];
    for (int gate = 0; gate < gates.length; gate++) {
      int at = direction * perDirection + (firstGate + gates[gate]) * gateLength;
      System.arraycopy(from, at, to, gate * gateLength, gateLength);
    }
    long[] full = shape.clone();
    full[0] *= gates.length;
    return Tensor.ofFloats(() -> to, full).array();
  }

  private static Value outputs(
      OpNode node,
      Scope scope,
      Computed x,
      Layer layer,
      int directions,
      int hidden,
      boolean batchFirst) {
    String label = scope.label(node);
    Value source = batchFirst ? x : scope.graph.permute(label + "_in", x, 1, 0, 2);
    Dim n = source.dims().get(0);
    Dim t = source.dims().get(1);
    Dim d = Dim.of(directions);
    Dim h = Dim.of(hidden);
    Value y = scope.graph.add(label, layer, source, List.of(n, t, d.times(h)));
    if (node.outputs().size() > 1 && scope.isRead(node.outputs().get(1))) {
      scope.put(node.outputs().get(1), last(label, scope, y, directions, hidden, batchFirst));
    }
    // [N, T, D H] as [T, D, N, H]; directions of length one are put in after the examples' axis.
    Value split = scope.graph.reshape(label + "_y", y, List.of(n, t, d, h));
    return batchFirst ? split : scope.graph.permute(label + "_y", split, 1, 2, 0, 3);
  }

  /** The state after the last step, [D, N, H]: that of the second direction is at the first. */
  private static Value last(
      String label, Scope scope, Value y, int directions, int hidden, boolean batchFirst) {
    Dim n = y.dims().get(0);
    List<Dim> one = List.of(n, Dim.of(1), Dim.of(hidden));
    Value forward =
        scope.graph.add(
            label + "_last",
            Slice.of(1, -1, Long.MAX_VALUE),
            y,
            List.of(n, Dim.of(1), Dim.of((long) directions * hidden)));
    Value all = forward;
    if (directions == 2) {
      Value first = scope.graph.add(label + "_last", Slice.of(2, 0, hidden), forward, one);
      Value begin =
          scope.graph.add(
              label + "_first", Slice.of(1, 0, 1), y, List.of(n, Dim.of(1), Dim.of(2L * hidden)));
      Value second =
          scope.graph.add(label + "_first", Slice.of(2, hidden, Long.MAX_VALUE), begin, one);
      all =
          scope.graph.join(
              label + "_state",
              new Concat(1),
              List.of(first, second),
              List.of(n, Dim.of(2), Dim.of(hidden)));
    }
    return batchFirst ? all : scope.graph.permute(label + "_state", all, 1, 0, 2);
  }
}
