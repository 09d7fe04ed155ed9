package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where integer sums go: an array [N, U, positions] of INT32, or of what is made of them. */
final class SumSink {
  private final INDArray result;
  private final int units;
  private final int positions;

  /** Null for sums as they are. */
  private final @Nullable SumFinish finish;

  private final @Nullable ByteMemory ints;

  /**
   * A sink for a result of a shape.
   *
   * @param epilogue null to keep the sums
   */
  SumSink(long[] shape, @Nullable IntegerEpilogue epilogue) {
    SumFinish last = epilogue == null ? null : new SumFinish(epilogue, shape);
    this.finish = last;
    this.result =
        last == null ? Arena.allocate(DataType.INT32, Layout.ROW_MAJOR, shape) : last.result();
    this.ints = last == null ? ByteMemory.of(result, "result") : null;
    this.units = Math.toIntExact(shape[1]);
    this.positions = Math.toIntExact(result.length() / shape[0] / units);
  }

  INDArray result() {
    return result;
  }

  /** What takes the sums of an example from a position on. */
  ExactSums.Sink at(long example, int position) {
    return new Part(example * units * positions + position);
  }

  private final class Part implements ExactSums.Sink {
    private final long start;
    private int[] wholes = new int[0];
    private float[] reals = new float[0];

    Part(long start) {
      this.start = start;
    }

    @Override
    public void floats(int unit, float[] sums, int n) {
      if (finish != null) {
        finish.write(place(unit), sums, n, unit);
        return;
      }
      wholes = wholes.length < n ? new int[n] : wholes;
      for (int i = 0; i < n; i++) {
        wholes[i] = (int) sums[i];
      }
      Objects.requireNonNull(ints).write(place(unit), wholes, n);
    }

    @Override
    public void ints(int unit, int[] sums, int at, int n) {
      if (finish == null) {
        wholes = wholes.length < n ? new int[n] : wholes;
        System.arraycopy(sums, at, wholes, 0, n);
        Objects.requireNonNull(ints).write(place(unit), wholes, n);
        return;
      }
      reals = reals.length < n ? new float[n] : reals;
      for (int i = 0; i < n; i++) {
        reals[i] = sums[at + i];
      }
      finish.write(place(unit), reals, n, unit);
    }

    private long place(int unit) {
      return start + (long) unit * positions;
    }
  }
}
