package io.bayes4j.core.autograd;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A {@link RecurrentCell} run over all steps of a sequence, and back.
 *
 * <p>A step is one small matrix product for each term and one sweep of the cell over heap arrays;
 * what does not depend on the step before, the products with the input and the gradients of the
 * weights, is one large product for all steps. For that the scan keeps, as rows [N, T, ...], what
 * each kernel was multiplied with.
 */
final class RecurrentScan {
  /** Units of examples handed to a thread at once. */
  private static final int GRAIN = 1 << 14;

  private final RecurrentCell cell;
  private final boolean reverse;
  private final int examples;
  private final int steps;
  private final int units;
  private final List<HiddenTerm> terms = new ArrayList<>();

  /** [N, T, kept * units] of a scan that is recorded, else null. */
  private INDArray kept;

  /** For each term [N, T, units] of a scan that is recorded. */
  private final List<INDArray> operands = new ArrayList<>();

  RecurrentScan(RecurrentCell cell, Var input, List<AffineTerm> hiddenTerms, boolean reverse) {
    this.cell = cell;
    this.reverse = reverse;
    this.examples = Math.toIntExact(input.size(0));
    this.steps = Math.toIntExact(input.size(1));
    this.units = Math.toIntExact(input.size(2) / cell.gates());
    for (AffineTerm term : hiddenTerms) {
      terms.add(new HiddenTerm(term, cell.gates(), units));
    }
  }

  private int time(int step) {
    return reverse ? steps - 1 - step : step;
  }

  private int length() {
    return Math.multiplyExact(examples, units);
  }

  private StridedRows rows(INDArray array) {
    return StridedRows.of(array, units);
  }

  private void forExamples(Parallel.RangeTask task) {
    Parallel.forRange(examples, Math.max(1, GRAIN / units), task);
  }

  /**
   * The hidden states [N, T, units], followed by a last row [N, 1, units] with the final cell state
   * if there is one.
   *
   * @param record whether {@link #backward} will follow
   */
  INDArray forward(INDArray input, INDArray hidden, INDArray cellState, boolean record) {
    CellArrays arrays = new CellArrays(cell, length());
    rows(Layout.ROW_MAJOR.ensure(hidden)).read(0, 0, examples, arrays.hidden);
    if (cell.hasCell()) {
      rows(Layout.ROW_MAJOR.ensure(cellState)).read(0, 0, examples, arrays.cell);
    }
    if (record) {
      kept = Arena.allocate(examples, steps, (long) cell.kept() * units);
      terms.forEach(term -> operands.add(Arena.allocate(examples, steps, units)));
    }
    INDArray output = Arena.allocate(examples, steps + (cell.hasCell() ? 1 : 0), units);
    Forward pass = new Forward(arrays, rows(Layout.ROW_MAJOR.ensure(input)), rows(output));
    for (int step = 0; step < steps; step++) {
      pass.step(time(step));
    }
    Arena.release(pass.operandStep);
    if (cell.hasCell()) {
      rows(output).write((long) steps * units, 0, examples, arrays.cell);
    }
    return output;
  }

  private final class Forward {
    private final CellArrays arrays;
    private final StridedRows input;
    private final StridedRows output;
    private final float[][] bias = new float[cell.gates()][length()];
    private final float[][] product = new float[cell.gates()][length()];
    private final float[] operand = new float[length()];
    private final INDArray operandStep = Arena.allocate(examples, units);

    Forward(CellArrays arrays, StridedRows input, StridedRows output) {
      this.arrays = arrays;
      this.input = input;
      this.output = output;
      terms.forEach(term -> term.addBias(bias));
    }

    void step(int time) {
      List<INDArray> products = new ArrayList<>();
      for (int k = 0; k < terms.size(); k++) {
        HiddenTerm term = terms.get(k);
        term.operand(arrays.hidden, operand);
        rows(operandStep).write(0, 0, examples, operand);
        if (kept != null) {
          rows(operands.get(k)).write((long) time * units, 0, examples, operand);
        }
        products.add(term.product(operandStep));
      }
      forExamples((from, to) -> units(products, time, (int) from, (int) to));
      products.forEach(Arena::release);
    }

    private void units(List<INDArray> products, int time, int firstExample, int lastExample) {
      int from = firstExample * units;
      int to = lastExample * units;
      input.read((long) time * cell.gates() * units, firstExample, lastExample, arrays.input);
      for (int gate = 0; gate < cell.gates(); gate++) {
        System.arraycopy(bias[gate], from, arrays.recurrent[gate], from, to - from);
      }
      for (int k = 0; k < products.size(); k++) {
        rows(products.get(k)).read(0, firstExample, lastExample, product);
        terms.get(k).addProduct(product, arrays.recurrent, from, to);
      }
      cell.forward(arrays, from, to);
      output.write((long) time * units, firstExample, lastExample, arrays.hidden);
      if (kept != null) {
        rows(kept).write((long) time * cell.kept() * units, firstExample, lastExample, arrays.kept);
      }
    }
  }

  /** Gives the sink the gradients of everything, from that of what {@link #forward} returned. */
  void backward(INDArray gradOutput, Var input, Var hidden, Var cellState, Gradients.Sink sink) {
    CellArrays arrays = new CellArrays(cell, length());
    Backward pass = new Backward(arrays, rows(Layout.ROW_MAJOR.ensure(gradOutput)));
    for (int step = steps - 1; step >= 0; step--) {
      pass.step(time(step));
    }
    pass.passWeightGradients(sink);
    sink.add(input, pass.gradInput);
    sink.add(hidden, () -> stateGradient(arrays.hidden));
    if (cell.hasCell()) {
      sink.add(cellState, () -> stateGradient(arrays.cell));
    }
  }

  private INDArray stateGradient(float[] values) {
    INDArray gradient = Arena.allocate(examples, units);
    rows(gradient).write(0, 0, examples, values);
    return gradient;
  }

  private final class Backward {
    private final CellArrays arrays;
    private final StridedRows gradOutput;
    private final float[][] product = new float[cell.gates()][length()];
    private final float[] scratch = new float[length()];
    private final INDArray gradInput = sequence();
    private final INDArray[] gradProducts = new INDArray[terms.size()];
    private final INDArray[] gradSteps = new INDArray[terms.size()];

    Backward(CellArrays arrays, StridedRows gradOutput) {
      this.arrays = arrays;
      this.gradOutput = gradOutput;
      for (int k = 0; k < gradProducts.length; k++) {
        boolean same = cell.addsProducts() && terms.get(k).keepsGradient();
        gradProducts[k] = same ? gradInput : sequence();
        gradSteps[k] = Arena.allocate(examples, (long) cell.gates() * units);
      }
      if (cell.hasCell()) {
        gradOutput.read((long) steps * units, 0, examples, arrays.cell);
      }
    }

    private INDArray sequence() {
      return Arena.allocate(examples, steps, (long) cell.gates() * units);
    }

    void step(int time) {
      forExamples((from, to) -> units(time, (int) from, (int) to));
      for (int k = 0; k < gradSteps.length; k++) {
        terms.get(k).addHiddenGradient(gradSteps[k], scratch, arrays.hidden);
      }
    }

    private void units(int time, int firstExample, int lastExample) {
      int from = firstExample * units;
      int to = lastExample * units;
      gradOutput.read((long) time * units, firstExample, lastExample, scratch);
      for (int i = from; i < to; i++) {
        arrays.hidden[i] += scratch[i];
      }
      rows(kept).read((long) time * cell.kept() * units, firstExample, lastExample, arrays.kept);
      cell.backward(arrays, from, to);
      long at = (long) time * cell.gates() * units;
      float[][] ofInput = cell.addsProducts() ? arrays.recurrent : arrays.input;
      rows(gradInput).write(at, firstExample, lastExample, ofInput);
      for (int k = 0; k < gradSteps.length; k++) {
        terms.get(k).productGradient(arrays.recurrent, product, from, to);
        rows(gradSteps[k]).write(0, firstExample, lastExample, product);
        if (gradProducts[k] != gradInput) {
          rows(gradProducts[k]).write(at, firstExample, lastExample, product);
        }
      }
    }

    void passWeightGradients(Gradients.Sink sink) {
      for (int k = 0; k < gradProducts.length; k++) {
        terms.get(k).passGradients(operands.get(k), gradProducts[k], sink);
        Arena.release(gradSteps[k]);
        if (gradProducts[k] != gradInput) {
          Arena.release(gradProducts[k]);
        }
      }
    }
  }
}
