package io.bayes4j.imports.parts;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.WeightArithmetic;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A recurrent layer with any activations, step by step, for cells that the fast layers do not have:
 * x [N, T, inputs] becomes [N, T, units]. Gates are in Keras' order.
 */
public final class StepRecurrent extends Block {
  /** What happens in a step. */
  public enum Cell {
    /** h' = f(u + v). */
    SIMPLE(1),
    /** Gates i, f, c, o. */
    LSTM(4),
    /** As LSTM, the gates seeing the memory as well (Gers and Schmidhuber 2000). */
    PEEPHOLE_LSTM(4),
    /** Gates z, r, h; the reset gate acts on the state before it meets its weights. */
    GRU_RESET_BEFORE(3),
    /** Gates z, r, h; the reset gate acts on the state's product with its weights. */
    GRU_RESET_AFTER(3);

    private final int gates;

    Cell(int gates) {
      this.gates = gates;
    }
  }

  private static final Init INIT = Init.zeros();

  private final Cell cell;
  private final long units;
  private final Layer activation;
  private final Layer gateActivation;
  private final Slot<Layer> input;
  private final Slot<Layer> recurrent;

  /** What gates i, f, o see of the memory, each unit of its own; empty if they do not. */
  private final List<Slot<Layer>> peepholes = new ArrayList<>();

  /** The candidate's recurrent weights, where they meet another state; else null. */
  private final @Nullable Slot<Layer> candidate;

  /** With weights that the caller puts in. */
  public StepRecurrent(Cell cell, long inputs, long units, Layer activation, Layer gateActivation) {
    Require.nonNull(cell, "cell");
    Require.positive(inputs, "inputs");
    Require.positive(units, "units");
    Require.nonNull(activation, "activation");
    Require.nonNull(gateActivation, "gateActivation");
    this.cell = cell;
    this.units = units;
    this.activation = activation;
    this.gateActivation = gateActivation;
    boolean before = cell == Cell.GRU_RESET_BEFORE;
    long products = (before ? 2 : cell.gates) * units;
    this.input = slot("input", new Linear(inputs, cell.gates * units, INIT));
    this.recurrent =
        slot("recurrent", new Linear(units, products, cell == Cell.GRU_RESET_AFTER, INIT));
    if (cell == Cell.PEEPHOLE_LSTM) {
      for (String gate : List.of("input", "forget", "output")) {
        INDArray zeros = Detached.zeros(units);
        peepholes.add(slot("peephole_" + gate, new WeightArithmetic(Arithmetic.MUL, zeros, false)));
      }
    }
    this.candidate = before ? slot("candidate", new Linear(units, units, false, INIT)) : null;
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(
        x.rank() == 3, "x must be [N, T, inputs], got shape %s", Require.text(x.shape()));
    Var all = input.forward(x, pass);
    int steps = Math.toIntExact(x.size(1));
    Var hidden = Var.constant(Detached.zeros(x.size(0), units));
    Var memory = hidden;
    Var[] outputs = new Var[steps];
    for (int t = 0; t < steps; t++) {
      Var in = Ops.reshape(Ops.slice(all, 1, t, t + 1), x.size(0), cell.gates * units);
      switch (cell) {
        case SIMPLE -> hidden = f(Ops.add(in, recurrent.forward(hidden, pass)), pass);
        case LSTM, PEEPHOLE_LSTM -> {
          Var sum = Ops.add(in, recurrent.forward(hidden, pass));
          Var kept = Ops.mul(gate(sum, 1, 1, memory, pass), memory);
          Var added = Ops.mul(gate(sum, 0, 0, memory, pass), f(part(sum, 2), pass));
          memory = Ops.add(kept, added);
          hidden = Ops.mul(gate(sum, 3, 2, memory, pass), f(memory, pass));
        }
        default -> hidden = gru(in, hidden, pass);
      }
      outputs[t] = Ops.reshape(hidden, x.size(0), 1, units);
    }
    return steps == 1 ? outputs[0] : Ops.concat(1, outputs);
  }

  private Var gate(Var sum, int number, int peephole, Var memory, Pass pass) {
    Var own = part(sum, number);
    return g(
        peepholes.isEmpty() ? own : Ops.add(own, peepholes.get(peephole).forward(memory, pass)),
        pass);
  }

  private Var gru(Var in, Var hidden, Pass pass) {
    Var products = recurrent.forward(hidden, pass);
    Var update = g(Ops.add(part(in, 0), part(products, 0)), pass);
    Var reset = g(Ops.add(part(in, 1), part(products, 1)), pass);
    Var old =
        candidate == null
            ? Ops.mul(reset, part(products, 2))
            : candidate.forward(Ops.mul(reset, hidden), pass);
    Var fresh = f(Ops.add(part(in, 2), old), pass);
    return Ops.add(Ops.mul(update, Ops.sub(hidden, fresh)), fresh);
  }

  private Var f(Var x, Pass pass) {
    return activation.forward(x, pass);
  }

  private Var g(Var x, Pass pass) {
    return gateActivation.forward(x, pass);
  }

  private Var part(Var gates, int number) {
    return Ops.slice(gates, 1, number * units, (number + 1) * units);
  }
}
