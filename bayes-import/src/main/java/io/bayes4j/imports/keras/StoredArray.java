package io.bayes4j.imports.keras;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import java.nio.FloatBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array of a file, whose numbers stay there until they are asked for, in the order in which they
 * are needed: a kernel that must be turned is in memory once.
 */
final class StoredArray {
  /**
   * Rows and columns read, and then written, at once: calls are few, and the second cache holds
   * them.
   */
  private static final int ROWS = 256;

  private static final int COLUMNS = 128;

  /** Rows and columns turned at once, which stay in the processor's first cache. */
  private static final int TILE = 32;

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
        Require.text(shape),
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
    int down = (rows.length + ROWS - 1) / ROWS;
    int across = (columns + COLUMNS - 1) / COLUMNS;
    Queue<Block> idle = new ConcurrentLinkedQueue<>();
    Parallel.forRange(
        (long) down * across,
        length() < ALONE ? down * across : 1,
        (from, end) -> {
          Block used = idle.poll();
          Block block = used == null ? new Block(rows.length, columns) : used;
          for (int i = (int) from; i < end; i++) {
            block.turn(rows, i / across * ROWS, columns, i % across * COLUMNS, to);
          }
          idle.add(block);
        });
  }

  /** What a thread needs to turn a part of the array at a time. */
  private final class Block {
    private final int height;
    private final int width;
    private final float[] read;
    private final float[] turned;

    /** For arrays of so many rows and columns, and longer ones in parts. */
    Block(int rows, int columns) {
      this.height = fours(Math.min(rows, ROWS));
      this.width = fours(Math.min(columns, COLUMNS));
      this.read = new float[height * width];
      this.turned = new float[height * width];
    }

    private static int fours(int count) {
      return (count + 3) & ~3;
    }

    void turn(int[] rows, int top, int columns, int left, FloatMemory to) {
      int down = Math.min(ROWS, rows.length - top);
      int across = Math.min(COLUMNS, columns - left);
      for (int r = 0; r < down; r++) {
        numbers.get(rows[top + r] + left, read, r * width, across);
      }
      for (int r = 0; r < down; r += TILE) {
        for (int c = 0; c < across; c += TILE) {
          turnTile(r, Math.min(r + TILE, down), c, Math.min(c + TILE, across));
        }
      }
      for (int c = 0; c < across; c++) {
        to.write((left + c) * (long) rows.length + top, turned, c * height, down);
      }
    }

    /** Four rows of four numbers at a time, which the processor holds in its registers. */
    private void turnTile(int top, int bottom, int left, int right) {
      for (int r = top; r < bottom; r += 4) {
        for (int c = left; c < right; c += 4) {
          int at = r * width + c;
          int place = c * height + r;
          turnRow(at, place);
          turnRow(at + width, place + 1);
          turnRow(at + 2 * width, place + 2);
          turnRow(at + 3 * width, place + 3);
        }
      }
    }

    private void turnRow(int at, int place) {
      turned[place] = read[at];
      turned[place + height] = read[at + 1];
      turned[place + 2 * height] = read[at + 2];
      turned[place + 3 * height] = read[at + 3];
    }
  }
}
