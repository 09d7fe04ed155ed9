package io.bayes4j.quant;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatLoops;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.RecurrentState;
import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One direction of one layer of a recurrent network, step by step. */
final class IntegerScan {
  private final RecurrentOp op;
  private final IntegerRows input;
  private final IntegerRows recurrent;
  private final int units;
  private final int width;
  private float[] hidden;
  private float[] cell;
  private INDArray output;

  IntegerScan(
      RecurrentOp op,
      QuantizedWeights.Drawn input,
      QuantizedWeights.Drawn recurrent,
      InputScale scale) {
    this.op = op;
    this.input = new IntegerRows(input, scale);
    this.recurrent = new IntegerRows(recurrent, InputScale.HIDDEN);
    this.units = Math.toIntExact(op.spec().hidden());
    this.width = op.cell().gates() * units;
  }

  /** Output of every step [N, T, units]. */
  INDArray output() {
    return output;
  }

  float[] hidden() {
    return hidden;
  }

  /** Null for a cell without one. */
  float[] cell() {
    return cell;
  }

  /** States of all scans [layers * directions, N, units]. */
  static INDArray stack(List<IntegerScan> all, Function<IntegerScan, float[]> state) {
    IntegerScan first = all.get(0);
    int examples = first.hidden.length / first.units;
    INDArray stacked = Arena.allocate(all.size(), examples, first.units);
    FloatMemory memory = FloatMemory.of(stacked, "states");
    for (int i = 0; i < all.size(); i++) {
      memory.write((long) i * first.hidden.length, state.apply(all.get(i)), first.hidden.length);
    }
    return stacked;
  }

  /**
   * Reads a sequence.
   *
   * @param x [N, T, inputs]
   * @param index of the state among those of all layers and directions
   * @param lengths steps of each sequence; null for all
   */
  void run(INDArray x, RecurrentState initial, int index, boolean reverse, int[] lengths) {
    int examples = Math.toIntExact(x.size(0));
    int steps = Math.toIntExact(x.size(1));
    int state = examples * units;
    hidden = state(initial.hidden().value(), index, state);
    cell = op.cell().hasCell() ? state(initial.cell().value(), index, state) : null;
    INDArray rows =
        Detached.reshape(Layout.ROW_MAJOR.ensure(x), (long) examples * steps, x.size(2));
    FloatMemory given = FloatMemory.of(input.run(rows, IntegerFinish.NONE), "product");
    output = Arena.allocate(examples, steps, units);
    FloatMemory outputs = FloatMemory.of(output, "output");
    INDArray before = Arena.allocate(examples, units);
    float[] u = new float[examples * width];
    float[] v = new float[examples * width];
    for (int step = 0; step < steps; step++) {
      FloatMemory.of(before, "hidden").write(0, hidden, state);
      INDArray product = recurrent.run(before, IntegerFinish.NONE);
      FloatMemory.of(product, "product").read(0, v, v.length);
      Arena.release(product);
      int[] places = places(step, steps, examples, reverse, lengths);
      for (int n = 0; n < examples; n++) {
        long place = Math.max(0, places[n]);
        given.read(((long) n * steps + place) * width, u, n * width, width);
      }
      advance(u, v, places);
      write(outputs, steps, step, places);
    }
  }

  private static float[] state(INDArray states, int index, int length) {
    float[] numbers = new float[length];
    FloatMemory.reading(states, "state").read((long) index * length, numbers, length);
    return numbers;
  }

  /** The step that each example reads now, or -1 if it has read all. */
  private static int[] places(int step, int steps, int examples, boolean reverse, int[] lengths) {
    int[] places = new int[examples];
    for (int n = 0; n < examples; n++) {
      int length = lengths == null ? steps : lengths[n];
      int place = reverse ? length - 1 - step : step;
      places[n] = step < length ? place : -1;
    }
    return places;
  }

  /** Outputs behind the end of a sequence are zero. */
  private void write(FloatMemory outputs, int steps, int step, int[] places) {
    float[] nothing = new float[units];
    for (int n = 0; n < places.length; n++) {
      boolean reads = places[n] >= 0;
      long place = reads ? places[n] : step;
      float[] source = reads ? hidden : nothing;
      outputs.write(((long) n * steps + place) * units, source, reads ? n * units : 0, units);
    }
  }

  private void advance(float[] u, float[] v, int[] places) {
    int n = hidden.length;
    float[][] gates = new float[op.cell().gates()][];
    boolean adds = op.cell().hasCell();
    for (int gate = 0; gate < gates.length; gate++) {
      gates[gate] = gate(u, gate);
      if (adds || gate < 2) {
        FloatLoops.add(gates[gate], gate(v, gate), n);
      }
    }
    float[] nextHidden = new float[n];
    float[] nextCell = adds ? new float[n] : null;
    if (adds) {
      lstm(gates, nextHidden, nextCell);
    } else {
      gru(gates, gate(v, 2), nextHidden);
    }
    for (int example = 0; example < places.length; example++) {
      if (places[example] >= 0) {
        System.arraycopy(nextHidden, example * units, hidden, example * units, units);
        if (adds) {
          System.arraycopy(nextCell, example * units, cell, example * units, units);
        }
      }
    }
  }

  /** One gate of rows that have all of them. */
  private float[] gate(float[] rows, int gate) {
    float[] numbers = new float[hidden.length];
    for (int n = 0; n < numbers.length / units; n++) {
      System.arraycopy(rows, n * width + gate * units, numbers, n * units, units);
    }
    return numbers;
  }

  private void lstm(float[][] gates, float[] nextHidden, float[] nextCell) {
    int n = nextHidden.length;
    sigmoid(gates[0]);
    sigmoid(gates[1]);
    tanh(gates[2]);
    sigmoid(gates[3]);
    for (int i = 0; i < n; i++) {
      nextCell[i] = gates[1][i] * cell[i] + gates[0][i] * gates[2][i];
    }
    System.arraycopy(nextCell, 0, nextHidden, 0, n);
    tanh(nextHidden);
    FloatLoops.multiply(nextHidden, gates[3], nextHidden, n);
  }

  private void gru(float[][] gates, float[] inner, float[] nextHidden) {
    int n = nextHidden.length;
    sigmoid(gates[0]);
    sigmoid(gates[1]);
    FloatLoops.multiplyAdd(gates[0], inner, gates[2], gates[2], n);
    tanh(gates[2]);
    for (int i = 0; i < n; i++) {
      nextHidden[i] = gates[2][i] + gates[1][i] * (hidden[i] - gates[2][i]);
    }
  }

  private static void sigmoid(float[] x) {
    float[] t = new float[x.length];
    float[] scratch = new float[x.length];
    FloatLoops.expNegativeAbsolute(x, t, scratch, x.length);
    FloatLoops.sigmoid(x, t, x, x.length);
  }

  /** tanh(x) = 2 s(2 x) - 1, where s is the sigmoid. */
  private static void tanh(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] *= 2;
    }
    sigmoid(x);
    for (int i = 0; i < x.length; i++) {
      x[i] = 2 * x[i] - 1;
    }
  }
}
