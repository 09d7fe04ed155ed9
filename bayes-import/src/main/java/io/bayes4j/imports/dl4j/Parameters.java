package io.bayes4j.imports.dl4j;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** All parameters of a network, read one after the other into the arrays of its layers. */
final class Parameters {
  private static final int CHUNK = 1 << 16;

  private final DataInputStream in;
  private final long count;
  private final boolean doubles;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
  private final float[] floats = new float[CHUNK / Float.BYTES];
  private long next;

  /**
   * Numbers that a stream holds, the most significant byte first.
   *
   * @param count how many
   * @param doubles whether they have 64 bits, not 32
   */
  Parameters(DataInputStream in, long count, boolean doubles) {
    this.in = in;
    this.count = count;
    this.doubles = doubles;
  }

  /**
   * The next ones, the last axis fastest.
   *
   * @throws UncheckedIOException if the stream ends, or cannot be read
   */
  INDArray rows(long... shape) {
    for (long axis : shape) {
      Require.positive(axis, "the size of a layer");
    }
    long length = Detached.length(shape);
    if (length > left()) {
      throw new IllegalArgumentException(
          "a layer needs "
              + length
              + " parameters, but only "
              + left()
              + " of "
              + count
              + " are left in the file");
    }
    INDArray own = Detached.create(DataType.FLOAT, shape);
    FloatMemory to = FloatMemory.of(own, "parameters");
    try {
      int most = CHUNK / (doubles ? Double.BYTES : Float.BYTES);
      for (long at = 0; at < length; at += most) {
        int n = (int) Math.min(most, length - at);
        read(n);
        to.write(at, floats, n);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    next += length;
    return own;
  }

  private void read(int n) throws IOException {
    in.readFully(chunk.array(), 0, n * (doubles ? Double.BYTES : Float.BYTES));
    if (!doubles) {
      chunk.asFloatBuffer().get(floats, 0, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      floats[i] = (float) chunk.getDouble(i * Double.BYTES);
    }
  }

  /** The next ones as a matrix, the first axis fastest, transposed: [columns, rows]. */
  INDArray transposed(long rows, long columns) {
    return rows(columns, rows);
  }

  /** Parameters that no layer has taken. */
  long left() {
    return count - next;
  }
}
