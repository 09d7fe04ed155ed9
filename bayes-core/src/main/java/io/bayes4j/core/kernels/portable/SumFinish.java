package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.IntegerEpilogue;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes floats or 8-bit numbers of integer sums and writes them to a row-major array. Several
 * threads may use it at once.
 */
final class SumFinish {
  /** Steps that are whole numbers already but for their fractions. */
  private static final float ONE = 1;

  private final IntegerFinish finish;
  private final float[] factors;
  private final float[] bias;

  /** Null for floats. */
  private final @Nullable Quantum rounding;

  private final INDArray result;
  private final @Nullable FloatMemory floats;
  private final @Nullable ByteMemory bytes;
  private final @Nullable FloatMemory terms;
  private final @Nullable ByteMemory byteTerms;
  private final float termFactor;

  /**
   * For a result of a shape.
   *
   * @param epilogue with an addend that is row-major
   */
  SumFinish(IntegerEpilogue epilogue, long... shape) {
    this.finish = epilogue.finish();
    this.factors = epilogue.factors();
    float[] given = epilogue.biasInSums();
    this.bias = given == null ? new float[factors.length] : given;
    Quantum target = finish.target();
    DataType type = target == null ? DataType.FLOAT : target.type();
    this.result = Arena.allocate(type, Layout.ROW_MAJOR, shape);
    this.floats = target == null ? FloatMemory.of(result, "result") : null;
    this.bytes = target == null ? null : ByteMemory.of(result, "result");
    this.rounding =
        target == null
            ? null
            : new Quantum(finish.roundsAtOnce() ? ONE : target.scale(), target.signed());
    INDArray addend = finish.addend();
    boolean whole = finish.addendQuantum() != null;
    this.terms = addend == null || whole ? null : FloatMemory.of(addend, "addend");
    this.byteTerms = whole && addend != null ? ByteMemory.of(addend, "addend") : null;
    this.termFactor = whole ? finish.addendFactor() : 0;
  }

  INDArray result() {
    return result;
  }

  /**
   * Makes the results of sums of one unit after another, of all rows alike, or of a single unit.
   *
   * @param values sums, which are overwritten
   * @param at where they belong
   * @param unit of all; -1 if they are rows of the sums of all units
   */
  void write(long at, float[] values, int n, int unit) {
    if (unit >= 0) {
      scale(values, 0, n, unit);
    } else {
      for (int row = 0; row < n; row += factors.length) {
        scaleRow(values, row);
      }
    }
    add(at, values, n);
    if (finish.relu()) {
      for (int i = 0; i < n; i++) {
        values[i] = Math.max(values[i], 0);
      }
    }
    if (floats != null) {
      floats.write(at, values, n);
    } else {
      round(at, values, n);
    }
  }

  private void scale(float[] values, int from, int n, int unit) {
    float factor = factors[unit];
    float shift = bias[unit];
    for (int i = from; i < from + n; i++) {
      values[i] = (values[i] + shift) * factor;
    }
  }

  private void scaleRow(float[] values, int row) {
    float[] factor = factors;
    float[] shift = bias;
    for (int i = 0; i < factor.length; i++) {
      values[row + i] = (values[row + i] + shift[i]) * factor[i];
    }
  }

  private void add(long at, float[] values, int n) {
    if (terms != null) {
      float[] added = new float[n];
      terms.read(at, added, n);
      for (int i = 0; i < n; i++) {
        values[i] += added[i];
      }
    }
    if (byteTerms != null) {
      byte[] added = new byte[n];
      byteTerms.read(at, added, n);
      int mask = Objects.requireNonNull(finish.addendQuantum()).signed() ? -1 : 0xff;
      for (int i = 0; i < n; i++) {
        values[i] += termFactor * (added[i] & mask);
      }
    }
  }

  private void round(long at, float[] values, int n) {
    WholeNumbers.round(values, n, Objects.requireNonNull(rounding));
    byte[] numbers = new byte[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = (byte) (int) values[i];
    }
    Objects.requireNonNull(bytes).write(at, numbers, n);
  }
}
