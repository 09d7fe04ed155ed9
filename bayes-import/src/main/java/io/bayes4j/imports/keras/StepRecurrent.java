package io.bayes4j.imports.keras;

import io.bayes4j.core.autograd.Ops;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Slot;
import java.util.Arrays;

/**
 * A recurrent layer with any activations, step by step, for cells that the fast layers do not have:
 * x [N, T, inputs] becomes [N, T, units]. Gates are in Keras' order.
 */
final class StepRecurrent extends Block {
  /** What happens in a step. */
  enum Cell {
    /** h' = f(u + v). */
    SIMPLE(1),
    /** Gates i, f, c, o. */
    LSTM(4),
    /** Gates z, r, h; the reset gate acts on the state before it meets its weights. */
    GRU_RESET_BEFORE(3),
    /** Gates z, r, h; the reset gate acts on the state's product with its weights. */
    GRU_RESET_AFTER(3);

    private final int gates;

    Cell(int gates) {
      this.gates = gates;
    }
  }

  private final Cell cell;
  private final long units;
  private final Layer activation;
  private final Layer gateActivation;
  private final Slot<Layer> input;
  private final Slot<Layer> recurrent;

  /** The candidate's recurrent weights, where they meet another state; else null. */
  private final Slot<Layer> candidate;

  /** With weights that the caller puts in. */
  StepRecurrent(Cell cell, long inputs, long units, Layer activation, Layer gateActivation) {
    this.cell = cell;
    this.units = units;
    this.activation = activation;
    this.gateActivation = gateActivation;
    boolean before = cell == Cell.GRU_RESET_BEFORE;
    long products = (before ? 2 : cell.gates) * units;
    this.input = slot("input", new Linear(inputs, cell.gates * units, Net.INIT));
    this.recurrent =
        slot("recurrent", new Linear(units, products, cell == Cell.GRU_RESET_AFTER, Net.INIT));
    this.candidate = before ? slot("candidate", new Linear(units, units, false, Net.INIT)) : null;
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(
        x.rank() == 3, "x must be [N, T, inputs], got shape %s", Arrays.toString(x.shape()));
    Var all = input.forward(x, pass);
    int steps = Math.toIntExact(x.size(1));
    Var hidden = Var.constant(Detached.zeros(x.size(0), units));
    Var memory = cell == Cell.LSTM ? hidden : null;
    Var[] outputs = new Var[steps];
    for (int t = 0; t < steps; t++) {
      Var in = Ops.reshape(Ops.slice(all, 1, t, t + 1), x.size(0), cell.gates * units);
      switch (cell) {
        case SIMPLE -> hidden = f(Ops.add(in, recurrent.forward(hidden, pass)), pass);
        case LSTM -> {
          Var sum = Ops.add(in, recurrent.forward(hidden, pass));
          Var kept = Ops.mul(g(part(sum, 1), pass), memory);
          memory = Ops.add(kept, Ops.mul(g(part(sum, 0), pass), f(part(sum, 2), pass)));
          hidden = Ops.mul(g(part(sum, 3), pass), f(memory, pass));
        }
        default -> hidden = gru(in, hidden, pass);
      }
      outputs[t] = Ops.reshape(hidden, x.size(0), 1, units);
    }
    return steps == 1 ? outputs[0] : Ops.concat(1, outputs);
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
