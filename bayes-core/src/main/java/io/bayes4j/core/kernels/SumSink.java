package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where integer sums go: an array [N, U, positions] of INT32, or of floats made of them. */
final class SumSink {
  private final INDArray result;
  private final int units;
  private final int positions;

  /** Null for INT32. */
  private final FloatMemory floats;

  private final ByteMemory ints;
  private final float[] scales;
  private final float[] bias;
  private final FloatMemory addend;
  private final boolean relu;

  /**
   * A sink for a result of a shape.
   *
   * @param epilogue null to keep the sums
   */
  SumSink(long[] shape, IntegerEpilogue epilogue) {
    boolean real = epilogue != null;
    this.result = Arena.allocate(real ? DataType.FLOAT : DataType.INT32, Layout.ROW_MAJOR, shape);
    this.units = Math.toIntExact(shape[1]);
    this.positions = Math.toIntExact(result.length() / shape[0] / units);
    this.floats = real ? FloatMemory.of(result, "result") : null;
    this.ints = real ? null : ByteMemory.of(result, "result");
    this.scales = real ? epilogue.sumScales() : null;
    this.bias = !real || epilogue.bias() == null ? new float[units] : bias(epilogue);
    INDArray added = real ? epilogue.epilogue().addend() : null;
    this.addend = added == null ? null : FloatMemory.of(Layout.ROW_MAJOR.ensure(added), "addend");
    this.relu = real && epilogue.epilogue().relu();
  }

  private static float[] bias(IntegerEpilogue epilogue) {
    return FloatMemory.numbers(epilogue.bias(), "bias");
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
    private float[] terms = new float[0];

    Part(long start) {
      this.start = start;
    }

    @Override
    public void floats(int unit, float[] sums, int n) {
      if (floats == null) {
        wholes = wholes.length < n ? new int[n] : wholes;
        for (int i = 0; i < n; i++) {
          wholes[i] = (int) sums[i];
        }
        ints.write(place(unit), wholes, n);
      } else {
        write(unit, sums, n);
      }
    }

    @Override
    public void ints(int unit, int[] sums, int at, int n) {
      if (floats == null) {
        wholes = wholes.length < n ? new int[n] : wholes;
        System.arraycopy(sums, at, wholes, 0, n);
        ints.write(place(unit), wholes, n);
        return;
      }
      terms = terms.length < n ? new float[n] : terms;
      for (int i = 0; i < n; i++) {
        terms[i] = sums[at + i];
      }
      write(unit, terms, n);
    }

    private long place(int unit) {
      return start + (long) unit * positions;
    }

    private void write(int unit, float[] sums, int n) {
      reals = reals.length < n ? new float[n] : reals;
      float scale = scales[unit];
      float shift = bias[unit];
      for (int i = 0; i < n; i++) {
        reals[i] = sums[i] * scale + shift;
      }
      if (addend != null) {
        terms = terms.length < n ? new float[n] : terms;
        addend.read(place(unit), terms, n);
        for (int i = 0; i < n; i++) {
          reals[i] += terms[i];
        }
      }
      if (relu) {
        for (int i = 0; i < n; i++) {
          reals[i] = Math.max(reals[i], 0);
        }
      }
      floats.write(place(unit), reals, n);
    }
  }
}
