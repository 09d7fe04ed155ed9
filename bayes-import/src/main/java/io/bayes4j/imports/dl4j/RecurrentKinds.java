package io.bayes4j.imports.dl4j;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.imports.dl4j.Value.Kind;
import io.bayes4j.imports.parts.StepRecurrent;
import io.bayes4j.imports.parts.StepRecurrent.Cell;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.MultiInputLayer;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.ScaleShift;
import io.bayes4j.layers.Slice;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Recurrent layers of Deeplearning4j. */
final class RecurrentKinds {
  /** Columns of the file for the gates i, f, c, o: it has c, f, o, i. */
  private static final int[] GATES = {3, 1, 0, 2};

  private RecurrentKinds() {}

  static Value add(Net net, String name, Conf layer, Value value) {
    Value in = net.sequences(value);
    if (in.kind() != Kind.SEQUENCES) {
      throw new Unsupported("an input that is not sequences");
    }
    return switch (layer.type()) {
      case "lasttimestep" -> {
        Conf inner = Conf.of(layer.get("underlying"));
        Value dropped = net.dropped(name, inner, in);
        yield Vertices.last(net, name, add(net, name, inner, dropped));
      }
      case "bidirectional" -> bidirectional(net, name, layer, in);
      case "lstm" -> lstm(net, name, layer, in, false);
      case "graveslstm" -> lstm(net, name, layer, in, true);
      case "gravesbidirectionallstm" -> graves(net, name, layer, in);
      case "simplernn" -> simple(net, name, layer, in);
      default -> throw new Unsupported("no such layer here");
    };
  }

  private static Value bidirectional(Net net, String name, Conf layer, Value in) {
    Conf forward = Conf.of(layer.get("fwd"));
    Conf backward = Conf.of(layer.get("bwd"));
    Value a = add(net, name + "_forward", forward, net.dropped(name, forward, in));
    Value x = turned(net, name + "_turned", in);
    Value b = add(net, name + "_backward", backward, net.dropped(name, backward, x));
    String back = turned(net, name + "_back", b).node();
    String mode = layer.text("CONCAT", "mode");
    MultiInputLayer merge =
        switch (mode) {
          case "CONCAT" -> new Concat(2);
          case "ADD", "AVERAGE" -> Arithmetic.ADD;
          case "MUL" -> Arithmetic.MUL;
          default -> throw new Unsupported("mode " + Dl4jFile.clean(mode));
        };
    String both = net.add(name, merge, a.node(), back);
    boolean mean = mode.equals("AVERAGE");
    return in.at(mean ? net.add(name + "_mean", new ScaleShift(0.5, 0), both) : both);
  }

  private static Value turned(Net net, String name, Value sequences) {
    Slice turned = new Slice(1, -1, Long.MIN_VALUE, -1);
    return sequences.at(net.add(name, turned, sequences.node()));
  }

  /** Two LSTMs with peepholes, whose outputs are added. */
  private static Value graves(Net net, String name, Conf layer, Value in) {
    Value a = lstm(net, name + "_forward", layer, in, true);
    Value b = lstm(net, name + "_backward", layer, turned(net, name + "_turned", in), true);
    Value back = turned(net, name + "_back", b);
    return in.at(net.add(name, Arithmetic.ADD, a.node(), back.node()));
  }

  private static Value simple(Net net, String name, Conf layer, Value in) {
    int inputs = layer.integer("nin", "nIn");
    int units = layer.integer("nout", "nOut");
    if (layer.flag(false, "hasLayerNorm")) {
      throw new Unsupported("hasLayerNorm");
    }
    Map<String, INDArray> weights = new HashMap<>();
    weights.put("input.weight", net.parameters().transposed(inputs, units));
    weights.put("recurrent.weight", net.parameters().transposed(units, units));
    weights.put("input.bias", net.parameters().rows(units));
    Layer f = Net.layer(Net.function(layer, "activationFn"));
    Layer cell = new StepRecurrent(Cell.SIMPLE, inputs, units, f, f);
    return in.at(net.add(name, cell, weights, in.node()));
  }

  private static Value lstm(Net net, String name, Conf layer, Value in, boolean peepholes) {
    int inputs = layer.integer("nin", "nIn");
    int units = layer.integer("nout", "nOut");
    Conf activation = Net.function(layer, "activationFn");
    Conf gate =
        layer.get("gateActivationFn").isMissingNode()
            ? new Conf("sigmoid", layer.fields())
            : Net.function(layer, "gateActivationFn");
    INDArray input = net.parameters().transposed(inputs, 4L * units);
    INDArray state = net.parameters().transposed(units, 4L * units + (peepholes ? 3 : 0));
    INDArray bias = net.parameters().rows(4L * units);
    boolean fast = !peepholes && activation.type().equals("tanh") && gate.type().equals("sigmoid");
    Map<String, INDArray> weights = new HashMap<>();
    weights.put(fast ? "weight_ih_l0" : "input.weight", gates(input, units, inputs));
    weights.put(fast ? "weight_hh_l0" : "recurrent.weight", gates(state, units, units));
    weights.put(fast ? "bias_ih_l0" : "input.bias", gates(bias, units, 1));
    if (fast) {
      weights.put("bias_hh_l0", Detached.zeros(4L * units));
      Layer lstm = new Lstm(RecurrentSpec.of(inputs, units), Net.INIT);
      return in.at(net.add(name, lstm, weights, in.node()));
    }
    if (peepholes) {
      weights.put("peephole_forget.weight", row(state, 4L * units, units));
      weights.put("peephole_output.weight", row(state, 4L * units + 1, units));
      weights.put("peephole_input.weight", row(state, 4L * units + 2, units));
    }
    Cell cell = peepholes ? Cell.PEEPHOLE_LSTM : Cell.LSTM;
    Layer lstm = new StepRecurrent(cell, inputs, units, Net.layer(activation), Net.layer(gate));
    return in.at(net.add(name, lstm, weights, in.node()));
  }

  private static INDArray row(INDArray array, long row, long length) {
    return Detached.view(array, row * length, new long[] {length}, 1);
  }

  /** Blocks of rows in the order of gates that is wanted. */
  private static INDArray gates(INDArray array, int units, long columns) {
    boolean vector = array.rank() == 1;
    long block = units * columns;
    INDArray ordered = vector ? Detached.zeros(4L * units) : Detached.zeros(4L * units, columns);
    for (int gate = 0; gate < GATES.length; gate++) {
      Detached.copy(
          Detached.view(array, GATES[gate] * block, new long[] {block}, 1),
          Detached.view(ordered, gate * block, new long[] {block}, 1));
    }
    return ordered;
  }
}
