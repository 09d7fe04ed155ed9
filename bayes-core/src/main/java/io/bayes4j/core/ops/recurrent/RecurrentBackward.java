package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.RowProducts;
import java.util.List;

/** Scans a range of examples backwards, through all steps, for their gradients. */
final class RecurrentBackward implements AutoCloseable {
  /** What all ranges share: where they read and write. */
  record Source(
      ScanShape shape,
      List<HiddenTerm> terms,
      FloatMemory gradient,
      ScanRecord record,
      ScanGradients gradients) {}

  private final Source source;
  private final ScanShape shape;
  private final int first;
  private final CellArrays arrays;

  /** The gradient of what the weights make of the hidden state, and its sum over the steps. */
  private final float[] recurrent;

  private final float[] recurrentSum;

  /** That of what they make of the input; the same arrays if the cell only wants both together. */
  private final float[] given;

  private final float[] givenSum;

  private final float[] product;
  private final float[] hidden;

  /** Gradients of the states after a step, for sequences that have ended. */
  private final float[] hiddenAfter;

  private final float[] cellAfter;

  /** For each term, the factors of the range. */
  private final float[][] operandFactors;

  private final float[][] productFactors;

  /** For each term, what multiplies with its kernel. */
  private final RowProducts[] kernels;

  private final float[][] inputFactors;

  RecurrentBackward(Source source, int first, int rows) {
    this.source = source;
    this.shape = source.shape();
    this.first = first;
    this.arrays = new CellArrays(shape.cell(), rows * shape.units());
    int length = rows * shape.width();
    boolean together = shape.cell().addsProducts();
    this.recurrent = new float[length];
    this.recurrentSum = new float[length];
    this.given = together ? recurrent : new float[length];
    this.givenSum = together ? recurrentSum : new float[length];
    this.product = new float[length];
    this.hidden = new float[rows * shape.units()];
    this.hiddenAfter = new float[hidden.length];
    this.cellAfter = new float[arrays.cell.length];
    this.operandFactors = new float[source.terms().size()][];
    this.productFactors = new float[source.terms().size()][];
    this.kernels = new RowProducts[source.terms().size()];
    for (int k = 0; k < productFactors.length; k++) {
      operandFactors[k] = source.terms().get(k).inputs().range(first, rows);
      productFactors[k] = source.terms().get(k).outputs().range(first, rows);
      kernels[k] = source.terms().get(k).hiddenGradients(rows);
    }
    this.inputFactors = source.gradients().inputFactors(first, rows);
  }

  void run() {
    int length = arrays.hidden.length;
    source.gradient().read(shape.finalHidden(first), arrays.hidden, length);
    if (shape.cell().hasCell()) {
      source.gradient().read(shape.finalCell(first), arrays.cell, length);
    }
    for (int turn = shape.steps() - 1; turn >= 0; turn--) {
      step(shape.time(turn));
    }
    source.gradients().writeStates(first, arrays);
    source.gradients().writeSums(first, recurrentSum, givenSum);
  }

  private void step(int time) {
    shape.read(source.gradient(), first, time, hidden, shape.units());
    source.record().read(first, time, arrays.kept);
    backwardCell(time);
    RowLoops.gather(arrays.recurrent, shape.units(), recurrent);
    RowLoops.add(recurrent, recurrentSum);
    if (given != recurrent) {
      RowLoops.gather(arrays.input, shape.units(), given);
      RowLoops.add(given, givenSum);
    }
    for (int k = 0; k < inputFactors.length; k++) {
      float[] gradient = RowLoops.multiply(inputFactors[k], given, product);
      source.gradients().writeInput(k, first, time, gradient);
    }
    for (int k = 0; k < productFactors.length; k++) {
      float[] gradient = RowLoops.multiply(productFactors[k], recurrent, product);
      source.gradients().writeTerm(k, first, time, gradient);
      kernels[k].multiply(gradient, hidden);
      RowLoops.addProduct(arrays.hidden, operandFactors[k], hidden, arrays.hidden);
    }
  }

  /** Of a sequence that has ended, the states' gradients stay and all others are zero. */
  private void backwardCell(int time) {
    int units = shape.units();
    StepLimits limits = shape.limits();
    boolean ended = limits.anyEnded(first, hidden.length / units, time);
    if (ended) {
      limits.clearEnded(first, time, hidden, units);
      System.arraycopy(arrays.hidden, 0, hiddenAfter, 0, hiddenAfter.length);
      System.arraycopy(arrays.cell, 0, cellAfter, 0, cellAfter.length);
    }
    RowLoops.add(hidden, arrays.hidden);
    shape.cell().backward(arrays);
    if (ended) {
      limits.copyEnded(first, time, hiddenAfter, arrays.hidden, units);
      limits.copyEnded(first, time, cellAfter, arrays.cell, units);
      for (float[] gate : arrays.recurrent) {
        limits.clearEnded(first, time, gate, units);
      }
      for (float[] gate : arrays.input) {
        limits.clearEnded(first, time, gate, units);
      }
    }
  }

  @Override
  public void close() {
    for (RowProducts kernel : kernels) {
      kernel.close();
    }
  }
}
