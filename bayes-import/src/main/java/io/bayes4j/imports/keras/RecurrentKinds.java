package io.bayes4j.imports.keras;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.imports.parts.StepRecurrent;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.Slice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Recurrent layers of Keras, in one direction or two. */
final class RecurrentKinds {
  private RecurrentKinds() {}

  static Value recurrent(Net net, KerasLayer layer, List<Value> inputs) {
    Direction direction = Direction.of(layer);
    Value x = sequences(net, inputs.get(0));
    Value y = steps(net, direction, layer.name(), x, backwards(layer));
    return sequence(layer) ? y : last(net, layer.name(), y);
  }

  private static boolean sequence(KerasLayer layer) {
    return layer.options().flag(false, "return_sequences");
  }

  private static boolean backwards(KerasLayer layer) {
    return layer.options().flag(false, "go_backwards");
  }

  private static Value sequences(Net net, Value input) {
    Value x = net.same(input);
    if (x.rank() != 2) {
      throw new Unsupported("its input must be sequences, is " + x.shape());
    }
    return x;
  }

  /** The outputs of all steps, in the order in which they are made. */
  private static Value steps(
      Net net, Direction direction, String name, Value x, boolean backwards) {
    String in = backwards ? net.add(name + "_turned", turned(), x.node()) : x.node();
    Layer made = net.weighted(direction.layer(), "cell", direction::make, direction.weights());
    String node = net.add(name, made, in);
    return Value.same(node, Net.shape(x.shape().get(0), direction.units()));
  }

  private static Slice turned() {
    return new Slice(1, -1, Long.MIN_VALUE, -1);
  }

  private static Value last(Net net, String name, Value y) {
    String step = net.add(name + "_step", Slice.of(1, -1, Long.MAX_VALUE), y.node());
    int units = y.channels();
    return Value.same(net.add(name + "_last", Reshape.of(0, units), step), List.of(units));
  }

  /** Both directions: one fast layer where it can be, else two. */
  static Value bidirectional(Net net, KerasLayer layer, List<Value> inputs) {
    Options inner = new Options(layer.options().get("layer").path("config"));
    String type = KerasKinds.modern(layer.options().get("layer").path("class_name").asText());
    List<StoredArray> weights = layer.weights();
    int half = weights.size() / 2;
    boolean given = layer.options().has("backward_layer");
    Options other =
        given ? new Options(layer.options().get("backward_layer").path("config")) : inner;
    KerasLayer forward = layer.part("_forward", type, inner, weights.subList(0, half));
    KerasLayer backward =
        layer.part("_backward", type, other, weights.subList(half, weights.size()));
    if (backwards(forward) || (given && sequence(forward) != sequence(backward))) {
      throw new Unsupported("directions that are turned, or that do not return the same");
    }
    Value x = sequences(net, inputs.get(0));
    String mode = layer.options().text("concat", "merge_mode");
    Direction there = Direction.of(forward);
    Direction back = Direction.of(backward);
    if (mode.equals("concat") && there.isFast() && back.isFast() && there.matches(back)) {
      return joined(net, layer, there, back, x);
    }
    Value a = steps(net, there, forward.name(), x, false);
    Value b = steps(net, back, backward.name(), x, true);
    if (sequence(forward)) {
      b = b.at(net.add(backward.name() + "_turned", turned(), b.node()));
    } else {
      a = last(net, forward.name(), a);
      b = last(net, backward.name(), b);
    }
    List<Value> both = List.of(a, b);
    return switch (mode) {
      case "concat" -> Rearranging.concatenate(net, layer, both, -1);
      case "sum" -> Rearranging.arithmetic(Arithmetic.ADD, false).add(net, layer, both);
      case "mul" -> Rearranging.arithmetic(Arithmetic.MUL, false).add(net, layer, both);
      case "ave" -> Rearranging.arithmetic(Arithmetic.ADD, true).add(net, layer, both);
      default -> throw new Unsupported("merge_mode " + KerasFile.clean(mode));
    };
  }

  private static Value joined(Net net, KerasLayer layer, Direction there, Direction back, Value x) {
    Map<String, INDArray> weights = new HashMap<>(there.weights());
    back.weights().forEach((name, weight) -> weights.put(name + "_reverse", weight));
    RecurrentSpec spec = there.spec().withBidirectional();
    Layer made = net.weighted(layer, "cells", () -> there.make(spec), weights);
    String node = net.add(layer.name(), made, x.node());
    int units = there.units();
    Value y = Value.same(node, Net.shape(x.shape().get(0), 2 * units));
    if (sequence(there.layer())) {
      return y;
    }
    // The second half has read the whole sequence at its first step.
    String name = layer.name();
    String end = net.add(name + "_end", Slice.of(1, -1, Long.MAX_VALUE), node);
    String begin = net.add(name + "_begin", Slice.of(1, 0, 1), node);
    String first = net.add(name + "_forward", Slice.of(2, 0, units), end);
    String second = net.add(name + "_backward", Slice.of(2, units, 2L * units), begin);
    String both = net.add(name + "_both", new Concat(2), first, second);
    String flat = net.add(name + "_last", Reshape.of(0, 2L * units), both);
    return Value.same(flat, List.of(2 * units));
  }

  /** A layer in one direction, with its weights by the names of the layer that it becomes. */
  private record Direction(
      KerasLayer layer,
      StepRecurrent.Cell cell,
      String activation,
      String gateActivation,
      StoredArray kernel,
      StoredArray recurrent,
      Optional<StoredArray> bias) {
    static Direction of(KerasLayer layer) {
      Options options = layer.options();
      boolean simple = layer.type().equals("SimpleRNN");
      boolean lstm = layer.type().equals("LSTM");
      if (!simple && !lstm && !layer.type().equals("GRU")) {
        throw new Unsupported("directions of a " + KerasFile.clean(layer.type()));
      }
      if (options.flag(false, "return_state") || options.flag(false, "time_major")) {
        throw new Unsupported("return_state or time_major");
      }
      boolean after = layer.type().equals("GRU") && options.flag(false, "reset_after");
      StepRecurrent.Cell cell =
          simple
              ? StepRecurrent.Cell.SIMPLE
              : lstm
                  ? StepRecurrent.Cell.LSTM
                  : after
                      ? StepRecurrent.Cell.GRU_RESET_AFTER
                      : StepRecurrent.Cell.GRU_RESET_BEFORE;
      List<StoredArray> weights = Keras1Gates.joined(layer);
      KerasLayer joined = layer.part("", layer.type(), options, weights);
      String usual = layer.file().generation() < 3 ? "hard_sigmoid" : "sigmoid";
      Direction direction =
          new Direction(
              layer,
              cell,
              options.text("tanh", "activation"),
              options.text(usual, "recurrent_activation", "inner_activation"),
              joined.stored(0, 2),
              joined.stored(1, 2),
              joined.bias() ? Optional.of(joined.stored(2, after ? 2 : 1)) : Optional.empty());
      direction.requireShapes(simple ? 1 : lstm ? 4 : 3);
      return direction;
    }

    private void requireShapes(int gates) {
      long width = (long) gates * units();
      boolean fits =
          kernel.size(1) == width
              && recurrent.size(1) == width
              && bias.stream().allMatch(b -> b.size(b.rank() - 1) == width)
              && bias.stream().allMatch(b -> b.rank() == 1 || b.size(0) == 2);
      Require.argument(
          fits,
          "weights of layer %s must be of %d gates with %d units, got shapes %s and %s",
          KerasFile.clean(layer.name()),
          gates,
          units(),
          Require.text(kernel.shape()),
          Require.text(recurrent.shape()));
    }

    int units() {
      return (int) recurrent.size(0);
    }

    boolean isFast() {
      return (cell == StepRecurrent.Cell.LSTM || cell == StepRecurrent.Cell.GRU_RESET_AFTER)
          && activation.equals("tanh")
          && gateActivation.equals("sigmoid");
    }

    boolean matches(Direction other) {
      return cell == other.cell && units() == other.units();
    }

    RecurrentSpec spec() {
      return RecurrentSpec.of(kernel.size(0), units());
    }

    Layer make() {
      return isFast() ? make(spec()) : stepwise();
    }

    Layer make(RecurrentSpec spec) {
      return cell == StepRecurrent.Cell.LSTM ? new Lstm(spec, Net.INIT) : new Gru(spec, Net.INIT);
    }

    private Layer stepwise() {
      int generation = layer.file().generation();
      return new StepRecurrent(
          cell,
          kernel.size(0),
          units(),
          Functions.function(activation, generation),
          Functions.function(gateActivation, generation));
    }

    Map<String, INDArray> weights() {
      Map<String, INDArray> weights = new HashMap<>();
      boolean after = cell == StepRecurrent.Cell.GRU_RESET_AFTER;
      long gates = kernel.size(1);
      INDArray shifts = bias.map(StoredArray::array).orElseGet(() -> Detached.zeros(2, gates));
      INDArray input = row(shifts, 0);
      INDArray state = after ? row(shifts, 1) : Detached.zeros(gates);
      if (isFast()) {
        weights.put("weight_ih_l0", ordered(Kernels.dense(kernel)));
        weights.put("weight_hh_l0", ordered(Kernels.dense(recurrent)));
        weights.put("bias_ih_l0", ordered(input));
        weights.put("bias_hh_l0", ordered(state));
        return weights;
      }
      weights.put("input.weight", Kernels.dense(kernel));
      weights.put("input.bias", input);
      INDArray all = Kernels.dense(recurrent);
      if (cell == StepRecurrent.Cell.GRU_RESET_BEFORE) {
        weights.put("recurrent.weight", rows(all, 0, 2));
        weights.put("candidate.weight", rows(all, 2, 3));
      } else {
        weights.put("recurrent.weight", all);
      }
      if (after) {
        weights.put("recurrent.bias", state);
      }
      return weights;
    }

    /** One of the two biases of a cell, of which some have only the first. */
    private static INDArray row(INDArray biases, int number) {
      long length = biases.size(biases.rank() - 1);
      return Detached.copy(Detached.view(biases, number * length, new long[] {length}, 1));
    }

    /** Gates [gates * units, ...] from one number to before another. */
    private INDArray rows(INDArray all, int from, int to) {
      long length = all.rank() == 1 ? 1 : all.size(1);
      long begin = (long) from * units() * length;
      long count = (long) (to - from) * units();
      return all.rank() == 1
          ? Detached.view(all, begin, new long[] {count}, 1)
          : Detached.view(all, begin, new long[] {count, length}, length, 1);
    }

    /**
     * PyTorch's GRU has reset before update; its LSTM has Keras' order.
     *
     * @param gates no view
     */
    private INDArray ordered(INDArray gates) {
      if (cell == StepRecurrent.Cell.LSTM) {
        return gates;
      }
      INDArray other = Detached.copy(gates);
      Detached.copy(rows(gates, 0, 1), rows(other, 1, 2));
      Detached.copy(rows(gates, 1, 2), rows(other, 0, 1));
      return other;
    }
  }
}
