package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.internal.FloatLoops;

/**
 * What a {@link RecurrentCell} works on: arrays of one number for each example and unit, one array
 * for each gate.
 */
final class CellArrays {
  /**
   * Forward, what the weights make of the step's input; backward, its gradient. Unused by a cell
   * that {@linkplain RecurrentCell#addsProducts adds both}: then it is part of what follows.
   */
  final float[][] input;

  /** Forward, what the weights make of the hidden state; backward, its gradient. */
  final float[][] recurrent;

  /** What the forward step leaves for the backward one. */
  final float[][] kept;

  /** The hidden state, or its gradient. */
  final float[] hidden;

  /** The cell state, or its gradient; unused by a cell without one. */
  final float[] cell;

  private final float[] exponentials;
  private final float[] powers;

  CellArrays(RecurrentCell cell, int length) {
    input = new float[cell.addsProducts() ? 0 : cell.gates()][length];
    recurrent = new float[cell.gates()][length];
    kept = new float[cell.kept()][length];
    hidden = new float[length];
    exponentials = new float[length];
    powers = new float[length];
    this.cell = new float[cell.hasCell() ? length : 0];
  }

  /** Makes what the weights make of the hidden state, for a gate, part of what is kept. */
  void keep(int gate, int place) {
    float[] unused = kept[place];
    kept[place] = recurrent[gate];
    recurrent[gate] = unused;
  }

  /** x = 1 / (1 + e^-x). */
  void sigmoid(float[] x) {
    FloatLoops.expNegativeAbsolute(x, exponentials, powers, x.length);
    FloatLoops.sigmoid(x, exponentials, x, x.length);
  }

  /** x = tanh x = 2 / (1 + e^-2x) - 1, with the absolute error of a float near one. */
  void tanh(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] += x[i];
    }
    sigmoid(x);
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] + x[i] - 1;
    }
  }
}
