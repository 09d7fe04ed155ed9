package io.bayes4j.quant;

import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rows, the first axis, rounded to 8-bit numbers, each with the scale that its greatest element
 * asks for.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record DynamicRows(INDArray numbers, float[] scales) {
  /**
   * Rounds rows.
   *
   * @throws IllegalArgumentException if x is not finite
   */
  static DynamicRows of(INDArray x) {
    INDArray numbers = Arena.allocate(DataType.INT8, Layout.of(x), x.shape());
    float[] scales = new float[Math.toIntExact(x.size(0))];
    int length = Math.toIntExact(x.length() / x.size(0));
    FloatMemory source = FloatMemory.inMemoryOrder(x, "x");
    ByteMemory target = ByteMemory.of(numbers, "numbers");
    Parallel.forRange(
        scales.length,
        1 + 4096 / length,
        (from, to) -> {
          float[] row = new float[length];
          byte[] rounded = new byte[length];
          for (int i = (int) from; i < to; i++) {
            source.read((long) i * length, row, length);
            scales[i] = round(row, rounded, i);
            target.write((long) i * length, rounded, length);
          }
        });
    return new DynamicRows(numbers, scales);
  }

  private static float round(float[] row, byte[] rounded, int number) {
    float greatest = 0;
    for (float value : row) {
      greatest = Math.max(greatest, Math.abs(value));
    }
    Require.argument(
        Float.isFinite(greatest), "x must be finite, got NaN or infinity in row %d", number);
    float scale = Math.max(greatest / QuantizedWeights.LIMIT, Float.MIN_NORMAL);
    for (int i = 0; i < row.length; i++) {
      rounded[i] = QuantizedWeights.round(row[i] / scale);
    }
    return scale;
  }

  /** What sums [N, units, ...] of the rows by some weights are worth. */
  INDArray floats(INDArray sums, QuantizedWeights.Drawn drawn, IntegerFinish finish) {
    Layout layout = Layout.of(sums);
    INDArray y = Arena.allocate(layout, sums.shape());
    int units = Math.toIntExact(sums.size(1));
    int length = Math.toIntExact(sums.length() / sums.size(0));
    boolean last = layout == Layout.CHANNELS_LAST || sums.rank() == 2;
    int perUnit = last ? 1 : length / units;
    float[] bias =
        drawn.bias() == null ? new float[units] : FloatMemory.numbers(drawn.bias(), "bias");
    INDArray addend = finish.addend() == null ? null : layout.ensure(finish.addend());
    FloatMemory added = addend == null ? null : FloatMemory.inMemoryOrder(addend, "addend");
    ByteMemory source = ByteMemory.of(sums, "sums");
    FloatMemory target = FloatMemory.inMemoryOrder(y, "y");
    Parallel.forRange(
        scales.length,
        1 + 4096 / length,
        (from, to) -> {
          int[] whole = new int[length];
          float[] row = new float[length];
          for (int n = (int) from; n < to; n++) {
            long at = (long) n * length;
            source.read(at, whole, length);
            if (added != null) {
              added.read(at, row, length);
            }
            for (int i = 0; i < length; i++) {
              int unit = i / perUnit % units;
              float value = scales[n] * drawn.scales().get(unit) * whole[i] + bias[unit];
              float sum = added == null ? value : value + row[i];
              row[i] = finish.relu() ? Math.max(sum, 0) : sum;
            }
            target.write(at, row, length);
          }
        });
    return y;
  }
}
