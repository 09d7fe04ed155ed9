package io.bayes4j.core.autograd;

/**
 * What a {@link RecurrentCell} works on: arrays of one number for each example and unit, one array
 * for each gate.
 */
final class CellArrays {
  /** Forward, what the weights make of the step's input; backward, its gradient. */
  final float[][] input;

  /** Forward, what the weights make of the hidden state; backward, its gradient. */
  final float[][] recurrent;

  /** What the forward step leaves for the backward one. */
  final float[][] kept;

  /** The hidden state, or its gradient. */
  final float[] hidden;

  /** The cell state, or its gradient; unused by a cell without one. */
  final float[] cell;

  CellArrays(RecurrentCell cell, int length) {
    input = new float[cell.gates()][length];
    recurrent = new float[cell.gates()][length];
    kept = new float[cell.kept()][length];
    hidden = new float[length];
    this.cell = new float[cell.hasCell() ? length : 0];
  }
}
