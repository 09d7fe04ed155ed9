package io.bayes4j.quant;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatLoops;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.ArenaPool;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.RecurrentState;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One direction of one layer of a recurrent network, step by step. */
final class IntegerScan {
  /** Examples that a thread takes through all steps by itself, whoever the others are. */
  private static final int EXAMPLES = 32;

  /** Memory of the steps, of each thread. */
  private static final ArenaPool STEPS = new ArenaPool();

  private final RecurrentOp op;
  private final IntegerRows input;
  private final IntegerRows recurrent;
  private final int units;
  private final int width;
  private float[] hidden = {};
  private float[] cell = {};
  private @Nullable INDArray output;

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
    return Objects.requireNonNull(output);
  }

  float[] hidden() {
    return hidden;
  }

  /** Empty for a cell without one. */
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
  void run(
      INDArray x, RecurrentState initial, int index, boolean reverse, int @Nullable [] lengths) {
    int examples = Math.toIntExact(x.size(0));
    int steps = Math.toIntExact(x.size(1));
    int state = examples * units;
    hidden = state(initial.hidden().value(), index, state);
    cell = op.cell().hasCell() ? cellState(initial, index, state) : new float[0];
    INDArray rows =
        Detached.reshape(Layout.ROW_MAJOR.ensure(x), (long) examples * steps, x.size(2));
    FloatMemory given = FloatMemory.of(input.run(rows, IntegerFinish.NONE), "product");
    INDArray result = Arena.allocate(examples, steps, units);
    output = result;
    FloatMemory outputs = FloatMemory.of(result, "output");
    Parallel.forRange(
        examples,
        EXAMPLES,
        (from, to) -> {
          int[] own = new int[(int) (to - from)];
          for (int n = 0; n < own.length; n++) {
            own[n] = lengths == null ? steps : lengths[(int) from + n];
          }
          new Part((int) from, own, steps, reverse).run(given, outputs);
        });
  }

  private static float[] cellState(RecurrentState initial, int index, int length) {
    return state(Objects.requireNonNull(initial.cell()).value(), index, length);
  }

  private static float[] state(INDArray states, int index, int length) {
    float[] numbers = new float[length];
    FloatMemory.reading(states, "state").read((long) index * length, numbers, length);
    return numbers;
  }

  /** Some of the examples, all steps of them. */
  private final class Part {
    private final int first;
    private final int[] lengths;
    private final int steps;
    private final boolean reverse;
    private final float[] nowHidden;
    private final float[] nowCell;

    Part(int first, int[] lengths, int steps, boolean reverse) {
      this.first = first;
      this.lengths = lengths;
      this.steps = steps;
      this.reverse = reverse;
      this.nowHidden = part(hidden);
      this.nowCell = cell.length == 0 ? cell : part(cell);
    }

    private float[] part(float[] all) {
      return Arrays.copyOfRange(all, first * units, (first + lengths.length) * units);
    }

    void run(FloatMemory given, FloatMemory outputs) {
      int examples = lengths.length;
      STEPS.scope(
          arena -> {
            INDArray before = Arena.allocate(examples, units);
            float[] u = new float[examples * width];
            float[] v = new float[examples * width];
            for (int step = 0; step < steps; step++) {
              FloatMemory.of(before, "hidden").write(0, nowHidden, nowHidden.length);
              INDArray product = recurrent.run(before, IntegerFinish.NONE);
              FloatMemory.of(product, "product").read(0, v, v.length);
              Arena.release(product);
              int[] places = places(step);
              for (int n = 0; n < examples; n++) {
                long place = (long) (first + n) * steps + Math.max(0, places[n]);
                given.read(place * width, u, n * width, width);
              }
              advance(u, v, places);
              write(outputs, step, places);
            }
            return before;
          });
      System.arraycopy(nowHidden, 0, hidden, first * units, nowHidden.length);
      if (nowCell != null) {
        System.arraycopy(nowCell, 0, cell, first * units, nowCell.length);
      }
    }

    /** The step that each example reads now, or -1 if it has read all. */
    private int[] places(int step) {
      int[] places = new int[lengths.length];
      for (int n = 0; n < places.length; n++) {
        int place = reverse ? lengths[n] - 1 - step : step;
        places[n] = step < lengths[n] ? place : -1;
      }
      return places;
    }

    /** Outputs behind the end of a sequence are zero. */
    private void write(FloatMemory outputs, int step, int[] places) {
      float[] nothing = new float[units];
      for (int n = 0; n < places.length; n++) {
        boolean reads = places[n] >= 0;
        long place = reads ? places[n] : step;
        float[] source = reads ? nowHidden : nothing;
        outputs.write(
            ((long) (first + n) * steps + place) * units, source, reads ? n * units : 0, units);
      }
    }

    private void advance(float[] u, float[] v, int[] places) {
      int n = nowHidden.length;
      float[][] gates = new float[op.cell().gates()][];
      boolean adds = op.cell().hasCell();
      for (int gate = 0; gate < gates.length; gate++) {
        gates[gate] = gate(u, gate, n);
        if (adds || gate < 2) {
          FloatLoops.add(gates[gate], gate(v, gate, n), n);
        }
      }
      float[] nextHidden = new float[n];
      float[] nextCell = new float[adds ? n : 0];
      if (adds) {
        lstm(gates, nowCell, nextHidden, nextCell);
      } else {
        gru(gates, gate(v, 2, n), nowHidden, nextHidden);
      }
      for (int example = 0; example < places.length; example++) {
        if (places[example] >= 0) {
          System.arraycopy(nextHidden, example * units, nowHidden, example * units, units);
          if (adds) {
            System.arraycopy(nextCell, example * units, nowCell, example * units, units);
          }
        }
      }
    }
  }

  /** One gate of rows that have all of them. */
  private float[] gate(float[] rows, int gate, int length) {
    float[] numbers = new float[length];
    for (int n = 0; n < numbers.length / units; n++) {
      System.arraycopy(rows, n * width + gate * units, numbers, n * units, units);
    }
    return numbers;
  }

  private static void lstm(float[][] gates, float[] cell, float[] nextHidden, float[] nextCell) {
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

  private static void gru(float[][] gates, float[] inner, float[] hidden, float[] nextHidden) {
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
