package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.KernelProvider.BatchNorm;
import io.bayes4j.core.kernels.KernelProvider.BatchNormGradients;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kernels along the channel axis, in plain Java: a channels-last array is a matrix [rows, C], and
 * every loop below runs over its rows, so that the inner loop over channels is contiguous.
 *
 * <p>Rows are cut into the same blocks whatever the number of threads, and partial sums are added
 * in block order.
 */
final class ChannelKernels {
  /** Blocks of a reduction: enough to share among threads, few enough to add up. */
  private static final int MOST_BLOCKS = 64;

  /** About this many elements are copied to the heap at a time. */
  static final int CHUNK = 4096;

  /** Float sums over this many rows are then added up in double precision. */
  private static final int FLOAT_ROWS = 32;

  /** Rows, evenly spaced, that a first idea of the mean is taken from. */
  private static final int ROUGH_ROWS = 16;

  private ChannelKernels() {}

  /** What is done with a piece of the matrix: n rows, row r at offset r * C. */
  @FunctionalInterface
  private interface RowsTask {
    void run(int block, long firstRow, int rows);
  }

  private static int channels(INDArray x) {
    return Math.toIntExact(x.size(1));
  }

  private static FloatMemory memory(INDArray channelsLast) {
    return Layout.memory(channelsLast, "x");
  }

  /**
   * Calls the task with pieces of about {@link #CHUNK} elements; those of one block come in order
   * on one thread.
   */
  private static int forRows(long rows, int channels, RowsTask task) {
    int step = Math.max(1, CHUNK / channels);
    long perBlock = Math.max(step, (rows + MOST_BLOCKS - 1) / MOST_BLOCKS);
    int grain = Math.toIntExact(perBlock);
    Parallel.forRange(
        rows,
        grain,
        (from, to) -> {
          for (long at = from; at < to; at += step) {
            task.run((int) (from / grain), at, (int) Math.min(step, to - at));
          }
        });
    return (int) ((rows + grain - 1) / grain);
  }

  /** x * scale + shift by channel; a null scale is one. */
  static INDArray affine(INDArray x, INDArray scale, INDArray shift) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    INDArray out = Arena.like(in);
    affineInto(in, scale == null ? null : vector(scale), vector(shift), out);
    return out;
  }

  static INDArray addInPlace(INDArray x, INDArray shift) {
    affineInto(x, null, vector(shift), x);
    return x;
  }

  private static void affineInto(INDArray x, float[] scale, float[] shift, INDArray out) {
    int channels = channels(x);
    FloatMemory in = memory(x);
    FloatMemory target = memory(out);
    forRows(
        in.length() / channels,
        channels,
        (block, first, rows) -> {
          float[] piece = HeapRows.take(0, rows * channels);
          in.read(first * channels, piece, rows * channels);
          for (int at = 0; at < rows * channels; at += channels) {
            if (scale != null) {
              multiply(piece, at, scale, 0, channels);
            }
            addTo(piece, at, shift, 0, channels);
          }
          target.write(first * channels, piece, rows * channels);
        });
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
        (piece, at, row, channels) -> multiply(piece, at, row, 0, channels));
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
        (block, first, rows) -> {
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
    int channels = channels(in);
    FloatMemory source = memory(in);
    double[][] sums =
        reduce(
            source.length() / channels,
            channels,
            1,
            (first, rows, terms) -> source.read(first * channels, terms[0], rows * channels));
    return fromDoubles(sums[0]);
  }

  /** Fills arrays of terms [rows * C] whose column sums are wanted. */
  @FunctionalInterface
  private interface Terms {
    void fill(long firstRow, int rows, float[][] terms);
  }

  /** Column sums of several matrices of terms, each in double precision. */
  private static double[][] reduce(long rows, int channels, int quantities, Terms source) {
    double[][][] partial = new double[MOST_BLOCKS + 1][quantities][];
    int blocks =
        forRows(
            rows,
            channels,
            (block, first, count) -> {
              float[][] terms = new float[quantities][];
              for (int q = 0; q < quantities; q++) {
                terms[q] = HeapRows.take(q, count * channels);
                if (partial[block][q] == null) {
                  partial[block][q] = new double[channels];
                }
              }
              source.fill(first, count, terms);
              for (int q = 0; q < quantities; q++) {
                columnSums(terms[q], count, channels, partial[block][q]);
              }
            });
    double[][] total = new double[quantities][channels];
    for (int block = 0; block < blocks; block++) {
      for (int q = 0; q < quantities; q++) {
        for (int c = 0; c < channels; c++) {
          total[q][c] += partial[block][q][c];
        }
      }
    }
    return total;
  }

  private static void columnSums(float[] terms, int rows, int channels, double[] sums) {
    float[] part = HeapRows.take(7, channels);
    for (int begin = 0; begin < rows; begin += FLOAT_ROWS) {
      Arrays.fill(part, 0, channels, 0f);
      int end = Math.min(rows, begin + FLOAT_ROWS);
      for (int r = begin; r < end; r++) {
        addTo(part, 0, terms, r * channels, channels);
      }
      for (int c = 0; c < channels; c++) {
        sums[c] += part[c];
      }
    }
  }

  static BatchNorm batchNorm(INDArray x, INDArray scale, INDArray shift, double epsilon) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    int channels = channels(in);
    FloatMemory source = memory(in);
    long rows = source.length() / channels;
    float[] centre = roughMean(source, rows, channels);
    double[][] moments =
        reduce(
            rows,
            channels,
            2,
            (first, count, terms) -> {
              int n = count * channels;
              source.read(first * channels, terms[0], n);
              for (int at = 0; at < n; at += channels) {
                subtract(terms[0], at, centre, channels);
              }
              System.arraycopy(terms[0], 0, terms[1], 0, n);
              multiply(terms[1], 0, terms[0], 0, n);
            });
    double[] mean = moments[0];
    double[] variance = moments[1];
    float[] factor = new float[channels];
    float[] offset = new float[channels];
    float[] gamma = vector(scale);
    float[] beta = vector(shift);
    for (int c = 0; c < channels; c++) {
      double beyond = mean[c] / rows;
      mean[c] = centre[c] + beyond;
      variance[c] = Math.max(0, variance[c] / rows - beyond * beyond);
      double normal = gamma[c] / Math.sqrt(variance[c] + epsilon);
      factor[c] = (float) normal;
      offset[c] = (float) (beta[c] - mean[c] * normal);
    }
    INDArray y = Arena.like(in);
    affineInto(in, factor, offset, y);
    return new BatchNorm(y, fromDoubles(mean), fromDoubles(variance));
  }

  /**
   * Mean of a few rows by channel: near enough to the mean that squares of the distance to it keep
   * their digits, where squares of x would not.
   */
  private static float[] roughMean(FloatMemory source, long rows, int channels) {
    int picked = (int) Math.min(rows, ROUGH_ROWS);
    float[] mean = new float[channels];
    float[] row = new float[channels];
    for (int i = 0; i < picked; i++) {
      source.read(i * rows / picked * channels, row, channels);
      addTo(mean, 0, row, 0, channels);
    }
    for (int c = 0; c < channels; c++) {
      mean[c] /= picked;
    }
    return mean;
  }

  /**
   * With xhat = (x - mean) * r and r = 1 / sqrt(variance + epsilon), M rows: dx = scale * r * (g -
   * sum(g) / M - xhat * sum(g * xhat) / M), which for each channel is a line in g and x.
   */
  static BatchNormGradients batchNormBackward(
      INDArray x, INDArray gradY, INDArray scale, BatchNorm forward, double epsilon) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    INDArray up = Layout.CHANNELS_LAST.ensure(gradY);
    int channels = channels(in);
    FloatMemory source = memory(in);
    FloatMemory upstream = memory(up);
    long rows = source.length() / channels;
    float[] mean = vector(forward.mean());
    float[] variance = vector(forward.variance());
    double[][] sums =
        reduce(
            rows,
            channels,
            2,
            (first, count, terms) -> {
              int n = count * channels;
              upstream.read(first * channels, terms[0], n);
              source.read(first * channels, terms[1], n);
              for (int at = 0; at < n; at += channels) {
                subtract(terms[1], at, mean, channels);
              }
              multiply(terms[1], 0, terms[0], 0, n);
            });
    float[] gamma = vector(scale);
    double[] gradScale = new double[channels];
    float[] ofG = new float[channels];
    float[] ofX = new float[channels];
    float[] constant = new float[channels];
    for (int c = 0; c < channels; c++) {
      double r = 1 / Math.sqrt(variance[c] + epsilon);
      gradScale[c] = sums[1][c] * r;
      double a = gamma[c] * r;
      double b = -a * r * gradScale[c] / rows;
      ofG[c] = (float) a;
      ofX[c] = (float) b;
      constant[c] = (float) (-a * sums[0][c] / rows - b * mean[c]);
    }
    INDArray gradX = Arena.like(in);
    FloatMemory target = memory(gradX);
    forRows(
        rows,
        channels,
        (block, first, count) -> {
          int n = count * channels;
          float[] g = HeapRows.take(0, n);
          float[] values = HeapRows.take(1, n);
          upstream.read(first * channels, g, n);
          source.read(first * channels, values, n);
          for (int at = 0; at < n; at += channels) {
            lineInTwo(g, values, at, ofG, ofX, constant, channels);
          }
          target.write(first * channels, g, n);
        });
    return new BatchNormGradients(gradX, fromDoubles(gradScale), fromDoubles(sums[0]));
  }

  // Short loops over heap arrays: the only shape that C2 turns into vector instructions.

  private static void addTo(float[] target, int at, float[] values, int from, int n) {
    for (int i = 0; i < n; i++) {
      target[at + i] += values[from + i];
    }
  }

  private static void multiply(float[] target, int at, float[] values, int from, int n) {
    for (int i = 0; i < n; i++) {
      target[at + i] *= values[from + i];
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

  private static void subtract(float[] target, int at, float[] values, int n) {
    for (int i = 0; i < n; i++) {
      target[at + i] -= values[i];
    }
  }

  /** g * a + x * b + c in place of g. */
  private static void lineInTwo(
      float[] g, float[] x, int at, float[] a, float[] b, float[] c, int n) {
    for (int i = 0; i < n; i++) {
      g[at + i] = g[at + i] * a[i] + (x[at + i] * b[i] + c[i]);
    }
  }

  static float[] vector(INDArray perChannel) {
    float[] copy = new float[Math.toIntExact(perChannel.length())];
    FloatMemory.of(perChannel, "vector").read(0, copy, copy.length);
    return copy;
  }

  private static INDArray fromDoubles(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return array(floats);
  }

  static INDArray array(float[] values) {
    INDArray out = Arena.allocate(values.length);
    FloatMemory.of(out, "vector").write(0, values, values.length);
    return out;
  }

  /** Heap arrays of this thread, grown to the longest row seen. */
  private static final class HeapRows {
    private static final ThreadLocal<float[][]> ARRAYS =
        ThreadLocal.withInitial(() -> new float[8][CHUNK]);

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
