package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.kernels.IntegerEpilogue;
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

  /** What takes the sums of an example from a position on, and of whole examples after it. */
  ExactSums.Sink at(long example, int position) {
    return new Part(example * units * positions, position);
  }

  private final class Part implements ExactSums.Sink {
    private final long start;
    private final int position;
    private int[] wholes = new int[0];
    private float[] reals = new float[0];

    Part(long start, int position) {
      this.start = start;
      this.position = position;
    }

    @Override
    public void floats(int unit, float[] sums, int n) {
      if (finish == null) {
        wholes = wholes.length < n ? new int[n] : wholes;
        for (int i = 0; i < n; i++) {
          wholes[i] = (int) sums[i];
        }
        write(unit, wholes, n);
      } else if (n <= positions) {
        finish.write(place(unit, 0), sums, n, unit);
      } else {
        reals = reals.length < positions ? new float[positions] : reals;
        for (int from = 0; from < n; from += positions) {
          System.arraycopy(sums, from, reals, 0, positions);
          finish.write(place(unit, from), reals, positions, unit);
        }
      }
    }

    @Override
    public void ints(int unit, int[] sums, int n) {
      if (finish == null) {
        write(unit, sums, n);
        return;
      }
      int count = Math.min(n, positions);
      reals = reals.length < count ? new float[count] : reals;
      for (int from = 0; from < n; from += count) {
        for (int i = 0; i < count; i++) {
          reals[i] = sums[from + i];
        }
        finish.write(place(unit, from), reals, count, unit);
      }
    }

    private void write(int unit, int[] sums, int n) {
      int count = Math.min(n, positions);
      for (int from = 0; from < n; from += count) {
        Objects.requireNonNull(ints).write(place(unit, from), sums, from, count);
      }
    }

    /** Where the sums of a unit belong that come at an index. */
    private long place(int unit, int index) {
      long examples = index / positions;
      return start + position + (examples * units + unit) * positions;
    }
  }
}
