package io.bayes4j.core.ops.recurrent;

/**
 * What a recurrent layer does in one step, given what its weights make of the input and of the last
 * hidden state; the gates are in PyTorch's order.
 *
 * <p>The loops run over the units of all examples, one array for each gate, and are short enough
 * for the C2 compiler to turn them into vector instructions.
 */
public enum RecurrentCell {
  /**
   * Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000): with
   * a = u + v, c' = s(a_f) c + s(a_i) tanh(a_g) and h' = s(a_o) tanh(c'), where s is the sigmoid.
   */
  LSTM(4, 6, true) {
    @Override
    void forward(CellArrays a) {
      for (int gate = 0; gate < gates(); gate++) {
        a.keep(gate, gate);
      }
      float[] in = a.kept[0];
      float[] forget = a.kept[1];
      float[] candidate = a.kept[2];
      float[] out = a.kept[3];
      float[] tanhCell = a.kept[4];
      a.sigmoid(in);
      a.sigmoid(forget);
      a.tanh(candidate);
      a.sigmoid(out);
      float[] cell = a.cell;
      copy(cell, a.kept[5]);
      for (int i = 0; i < a.hidden.length; i++) {
        cell[i] = forget[i] * cell[i] + in[i] * candidate[i];
      }
      copy(cell, tanhCell);
      a.tanh(tanhCell);
      float[] hidden = a.hidden;
      for (int i = 0; i < a.hidden.length; i++) {
        hidden[i] = out[i] * tanhCell[i];
      }
    }

    @Override
    void backward(CellArrays a) {
      float[] in = a.kept[0];
      float[] forget = a.kept[1];
      float[] candidate = a.kept[2];
      float[] out = a.kept[3];
      float[] tanhCell = a.kept[4];
      float[] cellBefore = a.kept[5];
      float[] gradHidden = a.hidden;
      float[] gradCell = a.cell;
      for (int i = 0; i < a.hidden.length; i++) {
        gradCell[i] += gradHidden[i] * out[i] * (1 - tanhCell[i] * tanhCell[i]);
      }
      GateLoops.throughSigmoid(gradHidden, tanhCell, out, a.recurrent[3]);
      GateLoops.throughSigmoid(gradCell, candidate, in, a.recurrent[0]);
      GateLoops.throughSigmoid(gradCell, cellBefore, forget, a.recurrent[1]);
      GateLoops.throughTanh(gradCell, in, candidate, a.recurrent[2]);
      for (int i = 0; i < a.hidden.length; i++) {
        gradCell[i] *= forget[i];
        gradHidden[i] = 0;
      }
    }
  },

  /**
   * Gated recurrent unit (Cho et al. 2014) in the form whose reset gate acts on the product with
   * the hidden state: r = s(u_r + v_r), z = s(u_z + v_z), n = tanh(u_n + r v_n) and h' = n + z (h -
   * n).
   */
  GRU(3, 5, false) {
    @Override
    void forward(CellArrays a) {
      float[] reset = a.kept[0];
      float[] update = a.kept[1];
      float[] candidate = a.kept[2];
      add(a.input[0], a.recurrent[0], reset);
      add(a.input[1], a.recurrent[1], update);
      a.sigmoid(reset);
      a.sigmoid(update);
      a.keep(2, 3);
      float[] inner = a.kept[3];
      float[] given = a.input[2];
      for (int i = 0; i < a.hidden.length; i++) {
        candidate[i] = given[i] + reset[i] * inner[i];
      }
      a.tanh(candidate);
      float[] hidden = a.hidden;
      copy(hidden, a.kept[4]);
      for (int i = 0; i < a.hidden.length; i++) {
        hidden[i] = candidate[i] + update[i] * (hidden[i] - candidate[i]);
      }
    }

    @Override
    void backward(CellArrays a) {
      float[] reset = a.kept[0];
      float[] update = a.kept[1];
      float[] candidate = a.kept[2];
      float[] hiddenBefore = a.kept[4];
      float[] gradHidden = a.hidden;
      float[] gradGiven = a.input[2];
      float[] gradInner = a.recurrent[2];
      // Until the update gate's own gradient is written, its array holds 1 - z, then h - n.
      float[] other = a.recurrent[1];
      for (int i = 0; i < a.hidden.length; i++) {
        other[i] = 1 - update[i];
      }
      GateLoops.throughTanh(gradHidden, other, candidate, gradGiven);
      for (int i = 0; i < a.hidden.length; i++) {
        other[i] = hiddenBefore[i] - candidate[i];
      }
      GateLoops.throughSigmoid(gradHidden, other, update, other);
      GateLoops.throughSigmoid(gradGiven, a.kept[3], reset, a.recurrent[0]);
      for (int i = 0; i < a.hidden.length; i++) {
        gradInner[i] = gradGiven[i] * reset[i];
        gradHidden[i] *= update[i];
      }
      copy(a.recurrent[0], a.input[0]);
      copy(a.recurrent[1], a.input[1]);
    }
  };

  private final int gates;
  private final int kept;
  private final boolean hasCell;

  RecurrentCell(int gates, int kept, boolean hasCell) {
    this.gates = gates;
    this.kept = kept;
    this.hasCell = hasCell;
  }

  /** Number of gates: a weight has this many rows for each hidden unit. */
  public int gates() {
    return gates;
  }

  /** Whether it has a cell state beside the hidden state. */
  public boolean hasCell() {
    return hasCell;
  }

  /** Numbers for each unit that backward needs of a step. */
  int kept() {
    return kept;
  }

  /**
   * Whether the gates see only the sum of both products, so that both have one gradient; a step
   * then gets and gives the sum, as recurrent.
   */
  boolean addsProducts() {
    return hasCell;
  }

  /** One step: reads input, recurrent, hidden and cell; writes hidden, cell and kept. */
  abstract void forward(CellArrays a);

  /**
   * The step's gradients: reads kept and the gradients of the new hidden and cell state; writes
   * those of recurrent, of input unless {@link #addsProducts}, and of the old states, without what
   * reaches the hidden state through the weights.
   */
  abstract void backward(CellArrays a);

  private static void copy(float[] from, float[] to) {
    System.arraycopy(from, 0, to, 0, to.length);
  }

  private static void add(float[] a, float[] b, float[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = a[i] + b[i];
    }
  }
}
