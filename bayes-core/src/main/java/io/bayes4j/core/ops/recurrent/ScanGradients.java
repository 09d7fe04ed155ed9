package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The gradients that a backward scan computes: of all products in all steps, biases and states. */
final class ScanGradients {
  /** The gradient of a product of all steps, [N, T, width]. */
  private record Product(INDArray array, FloatMemory memory) {
    static Product of(ScanShape shape) {
      INDArray array = Arena.allocate(shape.examples(), shape.steps(), shape.width());
      return new Product(array, FloatMemory.of(array, "gradient"));
    }
  }

  private final ScanShape shape;
  private final List<HiddenTerm> terms;
  private final List<InputRows> inputs;
  private final List<Product> ofInputs = new ArrayList<>();

  /** For each term; null where it is that of {@link #sharedInput}. */
  private final List<Product> ofTerms = new ArrayList<>();

  /**
   * An input without factors, if the cell adds products: a term without factors has the same
   * gradient. Else -1.
   */
  private final int sharedInput;

  private final INDArray hidden;
  private final @Nullable INDArray cell;

  /** For each example, the sum over all steps [N, width]: what biases need. */
  private final float[] recurrentSums;

  private final float[] givenSums;

  ScanGradients(ScanShape shape, List<HiddenTerm> terms, List<InputRows> inputs) {
    this.shape = shape;
    this.terms = terms;
    this.inputs = inputs;
    List<Boolean> plain = inputs.stream().map(input -> input.factors().areOnes()).toList();
    this.sharedInput = shape.cell().addsProducts() ? plain.indexOf(true) : -1;
    inputs.forEach(input -> ofInputs.add(Product.of(shape)));
    for (HiddenTerm term : terms) {
      boolean shares = sharedInput >= 0 && term.outputs().areOnes();
      ofTerms.add(shares ? null : Product.of(shape));
    }
    this.hidden = Arena.allocate(shape.examples(), shape.units());
    this.cell = shape.cell().hasCell() ? Arena.allocate(shape.examples(), shape.units()) : null;
    this.recurrentSums = new float[Math.multiplyExact(shape.examples(), shape.width())];
    this.givenSums = new float[recurrentSums.length];
  }

  /** For each input, the factors of a range of examples. */
  float[][] inputFactors(int first, int rows) {
    return inputs.stream().map(input -> input.factors().range(first, rows)).toArray(float[][]::new);
  }

  /** Takes the gradient of a step of a product with the input. */
  void writeInput(int input, int first, int time, float[] rows) {
    shape.write(ofInputs.get(input).memory(), first, time, rows, shape.width());
  }

  /** Takes the gradient of a step of a product with the hidden state. */
  void writeTerm(int term, int first, int time, float[] rows) {
    Product product = ofTerms.get(term);
    if (product != null) {
      shape.write(product.memory(), first, time, rows, shape.width());
    }
  }

  /** Takes the gradients of the states of a range of examples before the first step. */
  void writeStates(int first, CellArrays arrays) {
    long at = (long) first * shape.units();
    FloatMemory.of(hidden, "hidden").write(at, arrays.hidden, arrays.hidden.length);
    if (cell != null) {
      FloatMemory.of(cell, "cell").write(at, arrays.cell, arrays.cell.length);
    }
  }

  /** Takes the sums over all steps of a range of examples. */
  void writeSums(int first, float[] recurrent, float[] given) {
    System.arraycopy(recurrent, 0, recurrentSums, first * shape.width(), recurrent.length);
    System.arraycopy(given, 0, givenSums, first * shape.width(), given.length);
  }

  /** Gives the sink all gradients. */
  void pass(ScanRecord record, Var initialHidden, @Nullable Var initialCell, Gradients.Sink sink) {
    for (int k = 0; k < terms.size(); k++) {
      HiddenTerm term = terms.get(k);
      Product own = ofTerms.get(k);
      INDArray products = own == null ? ofInputs.get(sharedInput).array() : own.array();
      term.passGradient(record.operands(k), products, sink);
      passBias(term.weights().bias(), term.outputs(), recurrentSums, sink);
      if (own != null) {
        Arena.release(products);
      }
    }
    // After the terms, which read a shared array: the sink may write into what it is given.
    for (int k = 0; k < inputs.size(); k++) {
      InputRows input = inputs.get(k);
      passBias(input.term().bias(), input.factors(), givenSums, sink);
      sink.add(input.term().product(), ofInputs.get(k).array());
    }
    sink.add(initialHidden, hidden);
    if (cell != null && initialCell != null) {
      sink.add(initialCell, cell);
    }
  }

  private void passBias(@Nullable Var bias, RowFactors factors, float[] sums, Gradients.Sink sink) {
    if (bias != null) {
      sink.add(bias, () -> biasGradient(factors.range(0, shape.examples()), sums));
    }
  }

  private INDArray biasGradient(float @Nullable [] factors, float[] sums) {
    float[] weighed = RowLoops.multiply(factors, sums, new float[sums.length]);
    float[] total = new float[shape.width()];
    for (int at = 0; at < weighed.length; at += total.length) {
      for (int i = 0; i < total.length; i++) {
        total[i] += weighed[at + i];
      }
    }
    INDArray gradient = Arena.allocate(shape.width());
    FloatMemory.of(gradient, "gradient").write(0, total, total.length);
    return gradient;
  }
}
