package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a forward scan keeps for the backward one. */
final class ScanRecord {
  private final ScanShape shape;

  /**
   * The cell's arrays of every step. Ranges of examples that are scanned together lie together, so
   * that each array of a step is copied at once.
   */
  private final FloatMemory kept;

  /** What each hidden kernel is multiplied with [N, T, units]. */
  private final List<INDArray> operands = new ArrayList<>();

  private final List<FloatMemory> operandMemory = new ArrayList<>();

  ScanRecord(ScanShape shape, int terms) {
    this.shape = shape;
    long length = (long) shape.steps() * shape.examples() * shape.cell().kept() * shape.units();
    this.kept = FloatMemory.of(Arena.allocate(length), "kept");
    for (int k = 0; k < terms; k++) {
      INDArray operand = Arena.allocate(shape.examples(), shape.steps(), shape.units());
      operands.add(operand);
      operandMemory.add(FloatMemory.of(operand, "operand"));
    }
  }

  INDArray operands(int term) {
    return operands.get(term);
  }

  void writeOperand(int term, int firstExample, int time, float[] rows) {
    shape.write(operandMemory.get(term), firstExample, time, rows, shape.units());
  }

  /** Keeps the arrays of a step of a range of examples. */
  void write(int firstExample, int time, float[][] arrays) {
    for (int k = 0; k < arrays.length; k++) {
      kept.write(at(firstExample, time, k, arrays[k].length), arrays[k], arrays[k].length);
    }
  }

  /** Reads what {@link #write} kept. */
  void read(int firstExample, int time, float[][] arrays) {
    for (int k = 0; k < arrays.length; k++) {
      kept.read(at(firstExample, time, k, arrays[k].length), arrays[k], arrays[k].length);
    }
  }

  private long at(int firstExample, int time, int array, int length) {
    long ofAnExample = (long) shape.steps() * shape.cell().kept() * shape.units();
    return firstExample * ofAnExample + ((long) time * shape.cell().kept() + array) * length;
  }
}
