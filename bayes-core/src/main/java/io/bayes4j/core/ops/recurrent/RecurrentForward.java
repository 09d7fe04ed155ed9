package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.RowProducts;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Scans a range of examples forwards, through all steps. */
final class RecurrentForward implements AutoCloseable {
  /** What all ranges share: where they read and write. */
  record Source(
      ScanShape shape,
      List<? extends HiddenProducts> terms,
      List<InputRows> inputs,
      FloatMemory hidden,
      @Nullable FloatMemory cell,
      FloatMemory result,
      @Nullable ScanRecord record) {}

  private final Source source;
  private final ScanShape shape;
  private final int first;
  private final CellArrays arrays;

  /** What the weights make of the hidden state, and the part of it that no step changes. */
  private final float[] recurrent;

  private final float[] recurrentBias;

  /** What they make of the input; the same arrays if the cell only wants the sum of both. */
  private final float[] given;

  private final float[] givenBias;

  private final float[] product;
  private final float[] operand;

  /** The states before a step, for sequences that have ended. */
  private final float[] hiddenBefore;

  private final float[] cellBefore;

  /** For each term, the factors of the range. */
  private final float[][] operandFactors;

  private final float[][] productFactors;

  /** For each term, what multiplies with its kernel. */
  private final RowProducts[] kernels;

  /** For each term of the input, the factors of the range. */
  private final float[][] inputFactors;

  RecurrentForward(Source source, int first, int rows) {
    this.source = source;
    this.shape = source.shape();
    this.first = first;
    this.arrays = new CellArrays(shape.cell(), rows * shape.units());
    int length = rows * shape.width();
    boolean together = shape.cell().addsProducts();
    this.recurrent = new float[length];
    this.recurrentBias = new float[length];
    this.given = together ? recurrent : new float[length];
    this.givenBias = together ? recurrentBias : new float[length];
    this.product = new float[length];
    this.operand = new float[rows * shape.units()];
    this.hiddenBefore = new float[arrays.hidden.length];
    this.cellBefore = new float[arrays.cell.length];
    this.operandFactors = new float[source.terms().size()][];
    this.productFactors = new float[source.terms().size()][];
    this.kernels = new RowProducts[source.terms().size()];
    this.inputFactors = new float[source.inputs().size()][];
    for (int k = 0; k < productFactors.length; k++) {
      HiddenProducts term = source.terms().get(k);
      operandFactors[k] = term.inputs().range(first, rows);
      productFactors[k] = term.outputs().range(first, rows);
      addBias(term.bias(), productFactors[k], recurrentBias);
      kernels[k] = term.products(rows);
    }
    for (int k = 0; k < inputFactors.length; k++) {
      InputRows input = source.inputs().get(k);
      inputFactors[k] = input.factors().range(first, rows);
      addBias(input.term().bias(), inputFactors[k], givenBias);
    }
  }

  private static void addBias(@Nullable Var bias, float @Nullable [] factors, float[] sums) {
    if (bias != null) {
      FloatMemory memory = FloatMemory.reading(bias.value(), "bias");
      float[] row = new float[Math.toIntExact(memory.length())];
      memory.read(0, row, row.length);
      RowLoops.addToEveryRow(factors, row, sums);
    }
  }

  void run() {
    int length = arrays.hidden.length;
    long at = (long) first * shape.units();
    source.hidden().read(at, arrays.hidden, length);
    if (shape.cell().hasCell()) {
      Objects.requireNonNull(source.cell()).read(at, arrays.cell, length);
    }
    for (int turn = 0; turn < shape.steps(); turn++) {
      step(shape.time(turn));
    }
    source.result().write(shape.finalHidden(first), arrays.hidden, length);
    if (shape.cell().hasCell()) {
      source.result().write(shape.finalCell(first), arrays.cell, length);
    }
  }

  private void step(int time) {
    float[] sum = recurrentBias;
    for (int k = 0; k < productFactors.length; k++) {
      float[] hidden = RowLoops.multiply(operandFactors[k], arrays.hidden, operand);
      if (source.record() != null) {
        source.record().writeOperand(k, first, time, hidden);
      }
      kernels[k].multiply(hidden, product);
      RowLoops.addProduct(sum, productFactors[k], product, recurrent);
      sum = recurrent;
    }
    sum = given == recurrent ? recurrent : givenBias;
    for (int k = 0; k < inputFactors.length; k++) {
      shape.read(source.inputs().get(k).memory(), first, time, product, shape.width());
      RowLoops.addProduct(sum, inputFactors[k], product, given);
      sum = given;
    }
    RowLoops.spread(recurrent, arrays.recurrent, shape.units());
    if (given != recurrent) {
      RowLoops.spread(given, arrays.input, shape.units());
    }
    forwardCell(time);
    if (source.record() != null) {
      source.record().write(first, time, arrays.kept);
    }
  }

  private void forwardCell(int time) {
    int units = shape.units();
    StepLimits limits = shape.limits();
    boolean ended = limits.anyEnded(first, arrays.hidden.length / units, time);
    if (ended) {
      System.arraycopy(arrays.hidden, 0, hiddenBefore, 0, hiddenBefore.length);
      System.arraycopy(arrays.cell, 0, cellBefore, 0, cellBefore.length);
    }
    shape.cell().forward(arrays);
    if (ended) {
      float[] output = operand;
      System.arraycopy(arrays.hidden, 0, output, 0, output.length);
      limits.clearEnded(first, time, output, units);
      shape.write(source.result(), first, time, output, units);
      limits.copyEnded(first, time, hiddenBefore, arrays.hidden, units);
      limits.copyEnded(first, time, cellBefore, arrays.cell, units);
    } else {
      shape.write(source.result(), first, time, arrays.hidden, units);
    }
  }

  @Override
  public void close() {
    for (RowProducts kernel : kernels) {
      kernel.close();
    }
  }
}
