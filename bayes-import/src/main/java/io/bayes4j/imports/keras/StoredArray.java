package io.bayes4j.imports.keras;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array of a file, whose numbers stay there until they are asked for, in the order in which they
 * are needed: a kernel that must be turned is in memory once.
 */
final class StoredArray {
  /** Rows and columns turned at once, which stay in the processor's first cache. */
  private static final int TILE = 64;

  /** Shorter arrays are not worth a second thread. */
  private static final int ALONE = 1 << 16;

  private final FloatBuffer numbers;
  private final long[] shape;
  private final boolean eightBits;

  private StoredArray(FloatBuffer numbers, boolean eightBits, long... shape) {
    long length = Detached.length(shape);
    Require.argument(
        numbers.remaining() == length,
        "an array of shape %s must have %d numbers, got %d",
        Arrays.toString(shape),
        length,
        numbers.remaining());
    this.numbers = numbers.slice();
    this.eightBits = eightBits;
    this.shape = shape.clone();
  }

  /** An array of these numbers in row-major order, which are not copied. */
  static StoredArray of(FloatBuffer numbers, long... shape) {
    return new StoredArray(numbers, false, shape);
  }

  /** An array whose numbers are stored in 8 bits each. */
  static StoredArray ofEightBits(FloatBuffer numbers, long... shape) {
    return new StoredArray(numbers, true, shape);
  }

  /** Whether its numbers are stored in 8 bits each, and mean nothing without a scale. */
  boolean isOfEightBits() {
    return eightBits;
  }

  int rank() {
    return shape.length;
  }

  long[] shape() {
    return shape.clone();
  }

  long size(int axis) {
    return shape[axis];
  }

  int length() {
    return numbers.remaining();
  }

  /** The same numbers under another shape. */
  StoredArray reshaped(long... other) {
    return new StoredArray(numbers, eightBits, other);
  }

  /** A copy of all numbers. */
  float[] numbers() {
    float[] copy = new float[length()];
    numbers.get(0, copy);
    return copy;
  }

  /** A new array. */
  INDArray array() {
    INDArray array = Detached.create(DataType.FLOAT, shape);
    FloatMemory.of(array, "array").write(numbers.duplicate());
    return array;
  }

  /**
   * A new array whose first axis is the last one here.
   *
   * @param others the other axes in the order in which they follow
   */
  INDArray lastFirst(int... others) {
    int columns = (int) shape[rank() - 1];
    long[] turned = new long[rank()];
    turned[0] = columns;
    for (int i = 0; i < others.length; i++) {
      turned[i + 1] = shape[others[i]];
    }
    INDArray result = Detached.create(DataType.FLOAT, turned);
    turn(rows(others), columns, FloatMemory.of(result, "result"));
    return result;
  }

  /** Where the rows begin, in the order of these axes. */
  private int[] rows(int... axes) {
    int[] rows = new int[length() / (int) shape[rank() - 1]];
    int filled = 1;
    for (int i = axes.length - 1; i >= 0; i--) {
      int step = 1;
      for (int axis = axes[i] + 1; axis < rank(); axis++) {
        step *= (int) shape[axis];
      }
      for (int place = filled; place < filled * shape[axes[i]]; place++) {
        rows[place] = rows[place - filled] + step;
      }
      filled *= (int) shape[axes[i]];
    }
    return rows;
  }

  private void turn(int[] rows, int columns, FloatMemory to) {
    int grain = length() < ALONE ? columns : TILE;
    Parallel.forRange(
        columns,
        grain,
        (from, end) -> {
          for (int left = (int) from; left < end; left += TILE) {
            turnColumns(rows, left, (int) Math.min(end, left + TILE), to);
          }
        });
  }

  private void turnColumns(int[] rows, int left, int end, FloatMemory to) {
    int width = end - left;
    try (Scratch scratch = Scratch.open()) {
      float[] read = scratch.array();
      float[] turned = scratch.array();
      for (int top = 0; top < rows.length; top += TILE) {
        int count = Math.min(TILE, rows.length - top);
        for (int r = 0; r < count; r++) {
          numbers.get(rows[top + r] + left, read, r * TILE, width);
        }
        turnTile(read, turned, count, width);
        for (int c = 0; c < width; c++) {
          to.write((left + c) * (long) rows.length + top, turned, c * TILE, count);
        }
      }
    }
  }

  /** Four rows of four numbers at a time, which the processor holds in its registers. */
  private static void turnTile(float[] from, float[] to, int rows, int columns) {
    for (int r = 0; r < rows; r += 4) {
      for (int c = 0; c < columns; c += 4) {
        int at = r * TILE + c;
        int place = c * TILE + r;
        turnRow(from, at, to, place);
        turnRow(from, at + TILE, to, place + 1);
        turnRow(from, at + 2 * TILE, to, place + 2);
        turnRow(from, at + 3 * TILE, to, place + 3);
      }
    }
  }

  private static void turnRow(float[] from, int at, float[] to, int place) {
    to[place] = from[at];
    to[place + TILE] = from[at + 1];
    to[place + 2 * TILE] = from[at + 2];
    to[place + 3 * TILE] = from[at + 3];
  }
}
