package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Poolings and their gradients as plain loops over examples that lie channels-last on the heap.
 *
 * <p>One and two spatial axes are three whose first ones have length one.
 */
final class PoolLoops {
  /** Examples are taken together until they have so many elements. */
  private static final int GRAIN = 1 << 15;

  private final PoolGeometry geometry;
  private final long examples;
  private final int channels;
  private final long[] shapeX;
  private final long[] shapeY;
  private final PoolAxis[] axes;

  PoolLoops(long[] shapeX, PoolGeometry geometry) {
    this.geometry = geometry;
    this.shapeX = shapeX.clone();
    this.shapeY = geometry.outputShape(shapeX);
    this.examples = shapeX[0];
    this.channels = Math.toIntExact(shapeX[1]);
    this.axes = PoolAxis.three(shapeX, geometry);
  }

  private int[] allTaps() {
    return new int
        [Math.multiplyExact(Math.multiplyExact(axes[0].taps(), axes[1].taps()), axes[2].taps())];
  }

  /** What is done with one window of one example. */
  @FunctionalInterface
  private interface Window {
    /**
     * Handles a window.
     *
     * @param y where the channels of its result start
     * @param size number of elements that it is divided by, for a mean
     * @param taps where the channels of the elements under it start
     * @param count of the taps
     */
    void at(int y, float size, int[] taps, int count);
  }

  private void forWindows(int[] taps, Window window) {
    int[] o = new int[3];
    int y = 0;
    for (o[0] = 0; o[0] < axes[0].windows(); o[0]++) {
      for (o[1] = 0; o[1] < axes[1].windows(); o[1]++) {
        for (o[2] = 0; o[2] < axes[2].windows(); o[2]++) {
          int count = taps(o, taps);
          window.at(y, size(o, count), taps, count);
          y += channels;
        }
      }
    }
  }

  private int taps(int[] o, int[] taps) {
    PoolAxis rows = axes[1];
    PoolAxis columns = axes[2];
    int count = 0;
    for (int d = axes[0].first(o[0]); d <= axes[0].last(o[0]); d++) {
      for (int h = rows.first(o[1]); h <= rows.last(o[1]); h++) {
        int row = axes[0].place(o[0], d) * rows.length() + rows.place(o[1], h);
        int line = row * columns.length();
        for (int w = columns.first(o[2]); w <= columns.last(o[2]); w++) {
          taps[count++] = (line + columns.place(o[2], w)) * channels;
        }
      }
    }
    return count;
  }

  private float size(int[] o, int count) {
    if (geometry.divisor() > 0) {
      return geometry.divisor();
    }
    if (!geometry.countsPadding()) {
      return count;
    }
    float size = 1;
    for (int axis = 0; axis < axes.length; axis++) {
      int start = axes[axis].place(o[axis], 0);
      int end = Math.min(start + axes[axis].taps(), axes[axis].length() + axes[axis].padding());
      size *= end - start;
    }
    return size;
  }

  /** What is done with one example: sources and result, channels-last. */
  @FunctionalInterface
  private interface Example {
    void run(float[][] sources, float[] result);
  }

  private INDArray forExamples(long[] shape, Example example, INDArray... sources) {
    INDArray result = Arena.allocate(Layout.CHANNELS_LAST, shape);
    INDArray[] dense =
        Arrays.stream(sources).map(Layout.CHANNELS_LAST::ensure).toArray(INDArray[]::new);
    FloatMemory[] from =
        Arrays.stream(dense).map(a -> Layout.memory(a, "x")).toArray(FloatMemory[]::new);
    FloatMemory to = Layout.memory(result, "result");
    int[] lengths =
        Arrays.stream(from).mapToInt(m -> Math.toIntExact(m.length() / examples)).toArray();
    int length = Math.toIntExact(to.length() / examples);
    Parallel.forRange(
        examples,
        Math.max(1, GRAIN / Math.max(length, lengths[0])),
        (start, end) -> {
          float[][] held = Arrays.stream(lengths).mapToObj(float[]::new).toArray(float[][]::new);
          float[] made = new float[length];
          for (long n = start; n < end; n++) {
            for (int i = 0; i < from.length; i++) {
              from[i].read(n * lengths[i], held[i], lengths[i]);
            }
            example.run(held, made);
            to.write(n * length, made, length);
          }
        });
    return result;
  }

  /** Each gradient to the first largest value of its window, or the last NaN. */
  INDArray maxBackward(INDArray x, INDArray gradY) {
    return forExamples(
        shapeX,
        (sources, gradX) -> {
          int[] winners = new int[channels];
          Arrays.fill(gradX, 0);
          forWindows(
              allTaps(),
              (at, size, taps, count) -> {
                if (count > 0) {
                  findWinners(sources[0], taps, count, winners);
                  for (int c = 0; c < channels; c++) {
                    gradX[winners[c] + c] += sources[1][at + c];
                  }
                }
              });
        },
        x,
        gradY);
  }

  private void findWinners(float[] x, int[] taps, int count, int[] winners) {
    Arrays.fill(winners, taps[0]);
    for (int tap = 1; tap < count; tap++) {
      int from = taps[tap];
      for (int c = 0; c < channels; c++) {
        float value = x[from + c];
        if (value > x[winners[c] + c] || Float.isNaN(value)) {
          winners[c] = from;
        }
      }
    }
  }

  /** Mean of each window. */
  INDArray average(INDArray x) {
    return forExamples(
        shapeY,
        (sources, y) -> {
          double[] sums = new double[channels];
          forWindows(
              allTaps(),
              (at, size, taps, count) -> {
                addUp(sources[0], taps, count, sums);
                for (int c = 0; c < channels; c++) {
                  y[at + c] = count == 0 ? 0 : (float) (sums[c] / size);
                }
              });
        },
        x);
  }

  private void addUp(float[] x, int[] taps, int count, double[] sums) {
    Arrays.fill(sums, 0);
    for (int tap = 0; tap < count; tap++) {
      int from = taps[tap];
      for (int c = 0; c < channels; c++) {
        sums[c] += x[from + c];
      }
    }
  }

  /** Gradient of {@link #average}. */
  INDArray averageBackward(INDArray gradY) {
    return forExamples(
        shapeX,
        (sources, gradX) -> {
          Arrays.fill(gradX, 0);
          forWindows(
              allTaps(),
              (at, size, taps, count) -> {
                for (int tap = 0; tap < count; tap++) {
                  int to = taps[tap];
                  for (int c = 0; c < channels; c++) {
                    gradX[to + c] += sources[0][at + c] / size;
                  }
                }
              });
        },
        gradY);
  }
}
