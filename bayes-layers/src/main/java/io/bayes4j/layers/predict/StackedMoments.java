package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatLoops;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Expectations of squares and, behind them along axis 1, variances: what the variance of a sum over
 * channels by unsure weights is linear in, so that it is one convolution.
 *
 * @param array with twice the channels
 * @param inner adjacent numbers of the one before as many of the other
 */
record StackedMoments(INDArray array, FloatMemory memory, int inner) {
  /** Numbers that a loop takes at once: see {@code Elementwise}. */
  private static final int CHUNK = 512;

  /** Chunks that a thread takes at once. */
  private static final int GRAIN = 64;

  /** Some of the numbers, in the order of the memory of an array with a single kind of them. */
  @FunctionalInterface
  interface Chunk {
    /**
     * Handles n numbers.
     *
     * @param scratch for arrays
     */
    void run(long at, int n, Scratch scratch);
  }

  /** Nothing written yet, for moments of the shape and layout of an array. */
  static StackedMoments like(INDArray one) {
    Layout layout = Layout.of(one);
    INDArray array = Arena.allocate(layout, shape(one.shape()));
    return of(array, layout, one.shape());
  }

  private static StackedMoments of(INDArray array, Layout layout, long... one) {
    long inner = layout == Layout.CHANNELS_LAST ? one[1] : perStack(one);
    return new StackedMoments(
        array, Layout.memory(array, "stacked moments"), Math.toIntExact(inner));
  }

  private static long perStack(long... shape) {
    long length = 1;
    for (int axis = 1; axis < shape.length; axis++) {
      length *= shape[axis];
    }
    return length;
  }

  /** That of both, given that of one. */
  static long[] shape(long... one) {
    long[] both = one.clone();
    both[Math.min(1, one.length - 1)] *= 2;
    return both;
  }

  /** Of a mean and a variance. */
  static Var of(Var mean, Var variance) {
    return Plan.operation(
        null,
        shape(mean.shape()),
        List.of(mean, variance),
        () -> Var.constant(stacked(mean.value(), variance.value())));
  }

  private static INDArray stacked(INDArray mean, INDArray variance) {
    return pairs(
        mean,
        variance,
        (m, v, n, both, at, scratch) -> {
          addSquares(m, v, m, n);
          both.write(at, m, v, n, scratch);
        });
  }

  /**
   * The kernel that they are multiplied by: of each unit the variances of its weights, then the
   * squares of their means.
   */
  static INDArray kernel(INDArray mean, INDArray deviation) {
    return pairs(
        Layout.ROW_MAJOR.ensure(mean),
        deviation,
        (m, s, n, both, at, scratch) -> {
          FloatLoops.multiply(s, s, s, n);
          FloatLoops.multiply(m, m, m, n);
          both.write(at, s, m, n, scratch);
        });
  }

  /** Stacks something that is made of a chunk of each of two arrays. */
  @FunctionalInterface
  private interface Pairs {
    void run(float[] a, float[] b, int n, StackedMoments both, long at, Scratch scratch);
  }

  private static INDArray pairs(INDArray a, INDArray b, Pairs pairs) {
    StackedMoments both = like(a);
    FloatMemory first = Layout.memory(a, "a");
    FloatMemory second = Layout.memory(Layout.of(a).ensure(b), "b");
    both.sweep(
        (at, n, scratch) -> {
          float[] x = scratch.array();
          float[] y = scratch.array();
          first.read(at, x, n);
          second.read(at, y, n);
          pairs.run(x, y, n, both, at, scratch);
        });
    return both.array;
  }

  /** out = m^2 + v. */
  static void addSquares(float[] m, float[] v, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = m[i] * m[i] + v[i];
    }
  }

  /**
   * A copy of the variances.
   *
   * @param shape theirs
   */
  static Var variances(Var stacked, long... shape) {
    return Plan.operation(
        null, shape, List.of(stacked), () -> Var.constant(second(stacked.value(), shape)));
  }

  private static INDArray second(INDArray stacked, long... shape) {
    Layout layout = Layout.of(stacked);
    INDArray out = Arena.allocate(layout, shape);
    StackedMoments both = of(stacked, layout, shape);
    FloatMemory target = Layout.memory(out, "variances");
    both.sweep(
        (at, n, scratch) -> {
          float[] v = scratch.array();
          both.readVariances(at, v, n, scratch);
          target.write(at, v, n);
        });
    return out;
  }

  /** Handles all numbers, on all threads. */
  void sweep(Chunk chunk) {
    int most = inner <= CHUNK ? CHUNK / inner * inner : CHUNK;
    Parallel.forRange(
        memory.length() / 2,
        GRAIN * most,
        (from, to) -> {
          for (long at = from; at < to; at += most) {
            try (Scratch scratch = Scratch.open()) {
              chunk.run(at, (int) Math.min(most, to - at), scratch);
            }
          }
        });
  }

  /** Writes n of each from a place on, as {@link #sweep} says. */
  void write(long at, float[] squares, float[] variances, int n, Scratch scratch) {
    if (inner > CHUNK) {
      segments(
          at,
          n,
          (place, offset, length) -> {
            memory.write(place, squares, offset, length);
            memory.write(place + inner, variances, offset, length);
          });
      return;
    }
    float[] both = scratch.array();
    for (int row = 0; row < n; row += inner) {
      System.arraycopy(squares, row, both, 2 * row, inner);
      System.arraycopy(variances, row, both, 2 * row + inner, inner);
    }
    memory.write(2 * at, both, 2 * n);
  }

  private void readVariances(long at, float[] variances, int n, Scratch scratch) {
    if (inner > CHUNK) {
      segments(
          at, n, (place, offset, length) -> memory.read(place + inner, variances, offset, length));
      return;
    }
    float[] both = scratch.array();
    memory.read(2 * at, both, 2 * n);
    for (int row = 0; row < n; row += inner) {
      System.arraycopy(both, 2 * row + inner, variances, row, inner);
    }
  }

  /** Adjacent numbers of a chunk. */
  @FunctionalInterface
  private interface Segment {
    void run(long place, int offset, int length);
  }

  private void segments(long at, int n, Segment segment) {
    int done = 0;
    while (done < n) {
      long column = (at + done) % inner;
      int length = (int) Math.min(n - done, inner - column);
      segment.run(2 * (at + done - column) + column, done, length);
      done += length;
    }
  }
}
