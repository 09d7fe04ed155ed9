package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Room;
import io.bayes4j.core.kernels.RowProducts;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.recurrent.InputTerm;
import io.bayes4j.core.ops.recurrent.Recurrences;
import io.bayes4j.core.ops.recurrent.Recurrences.Sequence;
import io.bayes4j.core.ops.recurrent.RecurrentCell;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a recurrent layer computes: affine operations, whose weights it is given, and a cell between
 * them.
 *
 * <p>Deterministic and Bayesian layers share it, as they share an {@link AffineOp}.
 *
 * @param cell what happens in a step
 * @param spec options
 */
public record RecurrentOp(RecurrentCell cell, RecurrentSpec spec) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if there is no memory for so many layers
   */
  public RecurrentOp {
    Require.nonNull(cell, "cell");
    Require.nonNull(spec, "spec");
    long weights =
        Detached.length(cell.gates(), spec.hidden(), spec.hidden()) * spec.directions() + 1;
    Room.requireLayers("layers", spec.layers(), Float.BYTES * weights);
  }

  /**
   * One affine operation: what a direction of a layer makes of its input or of its hidden state.
   * Its weights are named as PyTorch does.
   *
   * @param layer number of the layer, from 0
   * @param reverse whether it belongs to the direction that reads backwards
   * @param recurrent whether it is applied to the hidden state, rather than to the input
   * @param op the operation
   */
  public record Part(int layer, boolean reverse, boolean recurrent, AffineOp.Dense op) {
    /** Checks the parts. */
    public Part {
      Require.notNegative(layer, "layer");
      Require.nonNull(op, "op");
    }

    /** Name of its kernel, such as weight_ih_l0 or weight_hh_l1_reverse. */
    public String weight() {
      return "weight_" + suffix();
    }

    /** Name of its bias, such as bias_ih_l0. */
    public String bias() {
      return "bias_" + suffix();
    }

    private String suffix() {
      return (recurrent ? "hh" : "ih") + "_l" + layer + (reverse ? "_reverse" : "");
    }
  }

  /** All affine operations, layer by layer, the forward direction first, the input's first. */
  public List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (int direction = 0; direction < spec.directions(); direction++) {
        parts.add(part(layer, direction == 1, false));
        parts.add(part(layer, direction == 1, true));
      }
    }
    return parts;
  }

  private Part part(int layer, boolean reverse, boolean recurrent) {
    long below = layer == 0 ? spec.inputs() : spec.outputs();
    long inputs = recurrent ? spec.hidden() : below;
    AffineOp.Dense op = new AffineOp.Dense(inputs, cell.gates() * spec.hidden(), spec.bias());
    return new Part(layer, reverse, recurrent, op);
  }

  /**
   * Something for every weight by its name, in PyTorch's order.
   *
   * @param kernel gives it for the kernel of a part
   * @param bias gives it for the bias of a part, if there are biases
   */
  public <T> Map<String, T> byName(Function<Part, T> kernel, Function<Part, T> bias) {
    Require.nonNull(kernel, "kernel");
    Require.nonNull(bias, "bias");
    Map<String, T> all = new LinkedHashMap<>();
    List<Part> parts = parts();
    for (int i = 0; i < parts.size(); i += 2) {
      List<Part> direction = parts.subList(i, i + 2);
      direction.forEach(part -> all.put(part.weight(), kernel.apply(part)));
      if (spec.bias()) {
        direction.forEach(part -> all.put(part.bias(), bias.apply(part)));
      }
    }
    return all;
  }

  /** Initial kernel: normal, with the variance 1 / (3 hidden) of PyTorch's uniform numbers. */
  public INDArray kernel(Part part, Init init) {
    Require.nonNull(part, "part");
    Require.nonNull(init, "init");
    return Detached.scale(
        init.normals(part.op().kernelShape()), Math.sqrt(1.0 / (3 * spec.hidden())));
  }

  /** The state before the first step: zeros. */
  public RecurrentState zeros(long examples) {
    Require.positive(examples, "examples");
    long[] shape = stateShape(examples);
    Var zeros = Var.constant(Detached.zeros(shape));
    return new RecurrentState(zeros, cell.hasCell() ? zeros : null);
  }

  private long[] stateShape(long examples) {
    return new long[] {(long) spec.layers() * spec.directions(), examples, spec.hidden()};
  }

  /**
   * Reads sequences that all have every step; see the other.
   *
   * @throws IllegalArgumentException if a shape does not fit
   */
  public RecurrentOutput apply(
      Var x, RecurrentState initial, Pass pass, Function<Part, List<AffineTerm>> weights) {
    return apply(x, initial, null, pass, weights);
  }

  /**
   * Reads a sequence.
   *
   * @param x input of every step [N, T, inputs]
   * @param initial state before the first step
   * @param lengths steps of each sequence; null for all
   * @param pass for dropout between layers
   * @param weights the weights of each part, as a sum of terms
   * @throws IllegalArgumentException if a shape does not fit
   */
  public RecurrentOutput apply(
      Var x,
      RecurrentState initial,
      @Nullable SequenceLengths lengths,
      Pass pass,
      Function<Part, List<AffineTerm>> weights) {
    requireShapes(x, initial, pass);
    Require.nonNull(weights, "weights");
    int[] steps = lengths == null ? null : lengths.toArray();
    return layers(
        x,
        pass,
        (in, index, input, recurrent) ->
            Recurrences.run(
                cell,
                weights.apply(input).stream().map(term -> inputTerm(input.op(), in, term)).toList(),
                initial.hiddenAt(index),
                initial.cellAt(index),
                weights.apply(recurrent),
                input.reverse(),
                steps));
  }

  /** Products of inputs and hidden states with weights that are no floats, biases included. */
  public interface Products {
    /** What a part makes of the input of all steps [N, T, inputs]. */
    Var ofInput(Part part, Var x);

    /** What multiplies so many rows of hidden states at a time, in the thread that reads them. */
    RowProducts ofHidden(Part part, int rows);
  }

  /**
   * Reads a sequence by products of others' making: for prediction alone.
   *
   * @param lengths steps of each sequence; null for all
   * @throws IllegalArgumentException if a shape does not fit
   */
  public RecurrentOutput predict(
      Var x,
      RecurrentState initial,
      @Nullable SequenceLengths lengths,
      Pass pass,
      Products products) {
    requireShapes(x, initial, pass);
    Require.nonNull(products, "products");
    int[] steps = lengths == null ? null : lengths.toArray();
    return layers(
        x,
        pass,
        (in, index, input, recurrent) ->
            Recurrences.predict(
                cell,
                products.ofInput(input, in),
                initial.hiddenAt(index),
                initial.cellAt(index),
                rows -> products.ofHidden(recurrent, rows),
                input.reverse(),
                steps));
  }

  /** Reads a sequence in one direction of one layer. */
  private interface Direction {
    Sequence read(Var x, int index, Part input, Part recurrent);
  }

  private RecurrentOutput layers(Var x, Pass pass, Direction direction) {
    Dropout dropout = new Dropout(spec.dropout());
    List<Sequence> all = new ArrayList<>();
    Var y = x;
    for (int layer = 0; layer < spec.layers(); layer++) {
      if (layer > 0) {
        y = dropout.forward(y, pass.at("dropout_l" + (layer - 1)));
      }
      List<Var> outputs = new ArrayList<>();
      for (int way = 0; way < spec.directions(); way++) {
        boolean reverse = way == 1;
        Sequence sequence =
            direction.read(y, all.size(), part(layer, reverse, false), part(layer, reverse, true));
        all.add(sequence);
        outputs.add(sequence.output());
      }
      y = outputs.size() == 1 ? outputs.get(0) : Ops.concat(2, outputs.toArray(Var[]::new));
    }
    Var cells = cell.hasCell() ? stack(all, Sequence::cell) : null;
    return new RecurrentOutput(y, new RecurrentState(stack(all, Sequence::hidden), cells));
  }

  /**
   * The bias and the factors of the output are left to the cell, which reads the product anyway.
   */
  private static InputTerm inputTerm(AffineOp.Dense op, Var x, AffineTerm term) {
    Var in = term.inputFactors() == null ? x : op.scaleChannels(x, term.inputFactors());
    Var product = op.apply(in, new Weights(term.kernel(), null));
    return new InputTerm(product, term.bias(), term.outputFactors());
  }

  private Var stack(List<Sequence> all, Function<Sequence, Var> state) {
    Var[] states =
        all.stream()
            .map(state)
            .map(s -> Ops.reshape(s, 1, s.size(0), s.size(1)))
            .toArray(Var[]::new);
    return states.length == 1 ? states[0] : Ops.concat(0, states);
  }

  /** Checks the shape of an input. */
  void requireInput(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(
        x.rank() == 3 && x.size(2) == spec.inputs(),
        "%s%s: x must be [N, T, %d], got shape %s",
        cell,
        place(pass),
        spec.inputs(),
        Require.text(x.shape()));
  }

  private void requireShapes(Var x, RecurrentState initial, Pass pass) {
    requireInput(x, pass);
    Require.nonNull(initial, "initial");
    requireState("hidden", initial.hidden(), x.size(0), pass);
    Require.argument(
        cell.hasCell() == (initial.cell() != null),
        "%s%s: cell state must be %s",
        cell,
        place(pass),
        cell.hasCell() ? "given" : "null");
    if (cell.hasCell()) {
      requireState("cell", Objects.requireNonNull(initial.cell()), x.size(0), pass);
    }
  }

  private void requireState(String name, Var state, long examples, Pass pass) {
    long[] expected = stateShape(examples);
    Require.argument(
        Arrays.equals(state.shape(), expected),
        "%s%s: initial %s state must have shape %s [layers * directions, N, hidden], got %s",
        cell,
        place(pass),
        name,
        Require.text(expected),
        Require.text(state.shape()));
  }

  private static String place(Pass pass) {
    return pass.path().isEmpty() ? "" : " at " + pass.path();
  }
}
