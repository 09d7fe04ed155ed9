package io.bayes4j.core.ops;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A function of corresponding elements of two arrays, each repeated along its axes of length one.
 *
 * <p>Not an operator of ND4J: masks are sums with minus infinity, which a program that has ND4J
 * look for infinite numbers must be able to compute.
 */
final class BroadcastLoop {
  private static final int CHUNK = 512;
  private static final int GRAIN = 64 * CHUNK;

  /** Lengths of the axes that are left when neighbours that are repeated alike are joined. */
  private final long[] lengths;

  private final Operand a;
  private final Operand b;
  private final INDArray out;

  /** An array and the distances between its elements along the joined axes: 0 if repeated. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Operand(FloatMemory memory, long[] strides) {
    /** The elements along the last axis, from one on. */
    void read(long at, float[] target, int offset, int n) {
      if (strides[strides.length - 1] == 1) {
        memory.read(at, target, offset, n);
      } else {
        memory.read(at, target, offset, 1);
        Arrays.fill(target, offset, offset + n, target[offset]);
      }
    }
  }

  private BroadcastLoop(INDArray a, INDArray b, long... shape) {
    out = Arena.allocate(shape);
    long[] all = new long[shape.length + 1];
    boolean[] ofA = new boolean[all.length];
    boolean[] ofB = new boolean[all.length];
    int axes = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == 1) {
        continue;
      }
      boolean inA = length(a, axis, shape.length) != 1;
      boolean inB = length(b, axis, shape.length) != 1;
      if (axes > 0 && ofA[axes - 1] == inA && ofB[axes - 1] == inB) {
        all[axes - 1] *= shape[axis];
      } else {
        all[axes] = shape[axis];
        ofA[axes] = inA;
        ofB[axes] = inB;
        axes++;
      }
    }
    if (axes == 0) {
      all[axes++] = 1;
    }
    lengths = Arrays.copyOf(all, axes);
    this.a = operand(a, ofA);
    this.b = operand(b, ofB);
  }

  /** Length of the axis that broadcasting to a rank lines up with the given one. */
  private static long length(INDArray array, int axis, int rank) {
    int own = axis - (rank - array.rank());
    return own < 0 ? 1 : array.size(own);
  }

  private Operand operand(INDArray array, boolean... along) {
    long[] strides = new long[lengths.length];
    long stride = 1;
    for (int axis = lengths.length - 1; axis >= 0; axis--) {
      if (along[axis]) {
        strides[axis] = stride;
        stride *= lengths[axis];
      }
    }
    return new Operand(FloatMemory.of(Layout.ROW_MAJOR.ensure(array), "operand"), strides);
  }

  /**
   * f(a, b), row-major.
   *
   * @param shape what the shapes broadcast to
   */
  static INDArray map(INDArray a, INDArray b, long[] shape, Elementwise.Binary f) {
    BroadcastLoop loop = new BroadcastLoop(a, b, shape);
    FloatMemory target = FloatMemory.of(loop.out, "out");
    Parallel.forRange(loop.out.length(), GRAIN, (from, to) -> loop.range(from, to, target, f));
    return loop.out;
  }

  private void range(long from, long to, FloatMemory target, Elementwise.Binary f) {
    float[] x = new float[CHUNK];
    float[] y = new float[CHUNK];
    float[] z = new float[CHUNK];
    for (long at = from; at < to; at += CHUNK) {
      int n = (int) Math.min(CHUNK, to - at);
      int held = 0;
      while (held < n) {
        held += readRow(at + held, x, y, held, n - held);
      }
      f.apply(x, y, z, n);
      target.write(at, z, n);
    }
  }

  /** Reads what is left of a row, or as many elements of it as there is room for. */
  private int readRow(long at, float[] x, float[] y, int offset, int room) {
    int last = lengths.length - 1;
    long rest = at / lengths[last];
    long column = at % lengths[last];
    long ofA = column * a.strides[last];
    long ofB = column * b.strides[last];
    for (int axis = last - 1; axis >= 0; axis--) {
      long index = rest % lengths[axis];
      rest /= lengths[axis];
      ofA += index * a.strides[axis];
      ofB += index * b.strides[axis];
    }
    int n = (int) Math.min(room, lengths[last] - column);
    a.read(ofA, x, offset, n);
    b.read(ofB, y, offset, n);
    return n;
  }
}
