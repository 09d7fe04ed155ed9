package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Layout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The examples of an array as whole numbers in floats, channel by channel: of bytes as they are, of
 * floats rounded.
 */
final class WholeNumbers {
  /** Adding and taking away 1.5 * 2^23 rounds a float below 2^22 to the nearest whole number. */
  private static final float ROUND = 12582912f;

  /** Floats of a cache line. */
  private static final int BLOCK = 16;

  private final INDArray x;
  private final @Nullable FloatMemory floats;
  private final @Nullable ByteMemory bytes;
  private final @Nullable Quantum quantum;
  private final int channels;
  private final int positions;
  private final boolean channelsLast;

  /**
   * Reads an array [N, C, ...].
   *
   * @param quantum how floats are rounded; bytes are not looked at with it
   */
  WholeNumbers(INDArray x, @Nullable Quantum quantum) {
    boolean real = x.dataType() == DataType.FLOAT;
    this.x = x;
    this.floats = real ? FloatMemory.inMemoryOrder(x, "x") : null;
    this.bytes = real ? null : ByteMemory.of(x, "x");
    this.quantum = quantum;
    this.channels = Math.toIntExact(x.size(1));
    this.positions = Math.toIntExact(x.length() / x.size(0) / channels);
    this.channelsLast = Layout.of(x) == Layout.CHANNELS_LAST;
  }

  int channels() {
    return channels;
  }

  /** Numbers of an example. */
  int length() {
    return channels * positions;
  }

  /** The numbers of an example [C, positions]. */
  float[] example(long n) {
    float[] numbers = new float[length()];
    read(n * length(), numbers, numbers.length);
    return channelsLast ? transposed(numbers, positions, channels) : numbers;
  }

  /** Numbers from an element on, in memory order. */
  void read(long at, float[] target, int n) {
    if (floats != null) {
      floats.read(at, target, n);
      round(target, n, Objects.requireNonNull(quantum));
      return;
    }
    byte[] raw = new byte[n];
    Objects.requireNonNull(bytes).read(at, raw, n);
    int mask = x.dataType() == DataType.UINT8 ? 0xff : -1;
    for (int i = 0; i < n; i++) {
      target[i] = raw[i] & mask;
    }
  }

  /** Rounds floats to whole numbers. */
  static void round(float[] values, int n, Quantum quantum) {
    float inverse = 1 / quantum.scale();
    float least = quantum.least();
    float most = -quantum.greatest();
    for (int i = 0; i < n; i++) {
      // The smaller of two is the negative of the greater negative: see FloatLoops.
      float cut = -Math.max(most, -Math.max(values[i] * inverse, least));
      values[i] = (cut + ROUND) - ROUND;
    }
  }

  /** The transpose of a matrix [rows, columns], some columns at a time, as caches like it. */
  static float[] transposed(float[] matrix, int rows, int columns) {
    float[] other = new float[matrix.length];
    for (int from = 0; from < columns; from += BLOCK) {
      int to = Math.min(columns, from + BLOCK);
      for (int row = 0; row < rows; row++) {
        for (int column = from; column < to; column++) {
          other[column * rows + row] = matrix[row * columns + column];
        }
      }
    }
    return other;
  }

  /** The bytes of an array as floats. */
  static float[] signed(INDArray weight) {
    byte[] raw = ByteMemory.bytes(weight, "weight");
    float[] numbers = new float[raw.length];
    for (int i = 0; i < raw.length; i++) {
      numbers[i] = raw[i];
    }
    return numbers;
  }
}
