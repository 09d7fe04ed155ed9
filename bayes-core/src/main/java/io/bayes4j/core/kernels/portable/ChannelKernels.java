package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kernels along the channel axis, in plain Java: a channels-last array is a matrix [rows, C], and
 * every loop below runs over its rows, so that the inner loop over channels is contiguous.
 */
final class ChannelKernels {
  /** Blocks of rows that threads share. */
  private static final int MOST_BLOCKS = 64;

  /** About this many elements are copied to the heap at a time. */
  static final int CHUNK = 4096;

  private ChannelKernels() {}

  /** What is done with a piece of the matrix: n rows, row r at offset r * C. */
  @FunctionalInterface
  private interface RowsTask {
    void run(long firstRow, int rows);
  }

  private static int channels(INDArray x) {
    return Math.toIntExact(x.size(1));
  }

  private static FloatMemory memory(INDArray channelsLast) {
    return Layout.memory(channelsLast, "x");
  }

  /** Calls the task with pieces of about {@link #CHUNK} elements. */
  private static void forRows(long rows, int channels, RowsTask task) {
    int step = Math.max(1, CHUNK / channels);
    long grain = Math.max(step, (rows + MOST_BLOCKS - 1) / MOST_BLOCKS);
    Parallel.forRange(
        rows,
        Math.toIntExact(grain),
        (from, to) -> {
          for (long at = from; at < to; at += step) {
            task.run(at, (int) Math.min(step, to - at));
          }
        });
  }

  /** x * scale + shift by channel; a null scale is one. */
  static INDArray affine(INDArray x, @Nullable INDArray scale, INDArray shift) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    INDArray out = Arena.like(in);
    affineInto(in, scale, shift, out);
    return out;
  }

  static INDArray addInPlace(INDArray x, INDArray shift) {
    affineInto(x, null, shift, x);
    return x;
  }

  private static void affineInto(
      INDArray x, @Nullable INDArray scale, INDArray shift, INDArray out) {
    float[] ones = new float[channels(x)];
    Arrays.fill(ones, 1f);
    NormLine line =
        new NormLine(new float[ones.length], scale == null ? ones : vector(scale), vector(shift));
    for (ChannelTiles band : ChannelTiles.of(x)) {
      line.apply(band, memory(x), memory(out), false);
    }
  }

  /** What is done with row r, at an offset of its piece, and the factors of its example. */
  @FunctionalInterface
  private interface FactorTask {
    void run(float[] piece, int at, float[] factors, int channels);
  }

  /** x * factors [N, C]. */
  static INDArray scale(INDArray x, INDArray factors) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    INDArray out = Arena.like(in);
    withFactors(
        factors,
        memory(in),
        memory(out),
        (first, n) -> HeapRows.take(0, n),
        (piece, at, row, channels) -> multiply(piece, at, row, channels));
    return out;
  }

  /** a + b * factors [N, C], then a ReLU if asked for. */
  static INDArray addScaled(INDArray a, INDArray b, INDArray factors, boolean relu) {
    INDArray in = Layout.CHANNELS_LAST.ensure(b);
    FloatMemory addend = memory(Layout.CHANNELS_LAST.ensure(a));
    INDArray out = Arena.like(in);
    withFactors(
        factors,
        memory(in),
        memory(out),
        (first, n) -> {
          addend.read(first, HeapRows.take(2, n), n);
          return HeapRows.take(0, n);
        },
        (piece, at, row, channels) -> {
          multiplyAdd(piece, at, row, HeapRows.take(2, 0), channels);
          if (relu) {
            relu(piece, at, channels);
          }
        });
    return out;
  }

  /** Prepares a piece of n elements from a position on, and says where to put it. */
  @FunctionalInterface
  private interface Preparation {
    float[] prepare(long first, int n);
  }

  private static void withFactors(
      INDArray factors,
      FloatMemory source,
      FloatMemory target,
      Preparation preparation,
      FactorTask task) {
    FloatMemory factor = FloatMemory.of(Layout.ROW_MAJOR.ensure(factors), "factors");
    int channels = channels(factors);
    long positions = source.length() / factor.length();
    forRows(
        source.length() / channels,
        channels,
        (first, rows) -> {
          int n = rows * channels;
          float[] piece = preparation.prepare(first * channels, n);
          float[] row = HeapRows.take(1, channels);
          source.read(first * channels, piece, n);
          long loaded = -1;
          for (int r = 0; r < rows; r++) {
            long example = (first + r) / positions;
            if (example != loaded) {
              factor.read(example * channels, row, channels);
              loaded = example;
            }
            task.run(piece, r * channels, row, channels);
          }
          target.write(first * channels, piece, n);
        });
  }

  /** Sum over all axes but 1. */
  static INDArray sum(INDArray x) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    FloatMemory source = memory(in);
    float[] sums = new float[channels(in)];
    for (ChannelTiles band : ChannelTiles.of(in)) {
      double[][] ofBand =
          band.sums(
              (from, to, slots) -> {
                for (long row = from; row < to; row += band.tileRows()) {
                  band.readPadded(source, row, slots, NormLoops.VALUES);
                  NormLoops.addValues(slots, band.length());
                }
              });
      for (int c = 0; c < band.width(); c++) {
        sums[band.first() + c] = (float) ofBand[0][c];
      }
    }
    return Arena.vector(sums);
  }

  // Short loops over heap arrays: the only shape that C2 turns into vector instructions.

  private static void multiply(float[] target, int at, float[] factors, int n) {
    for (int i = 0; i < n; i++) {
      target[at + i] *= factors[i];
    }
  }

  /** target = target * factors + addend. */
  private static void multiplyAdd(float[] target, int at, float[] factors, float[] addend, int n) {
    for (int i = 0; i < n; i++) {
      target[at + i] = target[at + i] * factors[i] + addend[at + i];
    }
  }

  private static void relu(float[] target, int at, int n) {
    for (int i = 0; i < n; i++) {
      target[at + i] = Math.max(target[at + i], 0f);
    }
  }

  static float[] vector(INDArray perChannel) {
    return FloatMemory.numbers(perChannel, "vector");
  }

  /** Heap arrays of this thread, grown to the longest row seen. */
  private static final class HeapRows {
    private static final ThreadLocal<float[][]> ARRAYS =
        ThreadLocal.withInitial(() -> new float[3][CHUNK]);

    private HeapRows() {}

    static float[] take(int slot, int length) {
      float[][] arrays = ARRAYS.get();
      if (arrays[slot].length < length) {
        arrays[slot] = new float[length];
      }
      return arrays[slot];
    }
  }
}
