package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.List;
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
  private final int[] in;
  private final int[] out;
  private final int[] kernel;
  private final int[] stride;
  private final int[] padding;
  private final int[] dilation;

  PoolLoops(long[] shapeX, PoolGeometry geometry) {
    this.geometry = geometry;
    this.shapeX = shapeX.clone();
    this.shapeY = geometry.outputShape(shapeX);
    this.examples = shapeX[0];
    this.channels = Math.toIntExact(shapeX[1]);
    this.in = three(shapeX);
    this.out = three(shapeY);
    this.kernel = three(geometry.window().kernel(), 1);
    this.stride = three(geometry.window().stride(), 1);
    this.padding = three(geometry.window().padding(), 0);
    this.dilation = three(geometry.window().dilation(), 1);
  }

  private static int[] three(long[] shape) {
    int[] lengths = {1, 1, 1};
    for (int axis = 2; axis < shape.length; axis++) {
      lengths[3 - shape.length + axis] = Math.toIntExact(shape[axis]);
    }
    return lengths;
  }

  private static int[] three(List<Integer> numbers, int otherwise) {
    int[] all = {otherwise, otherwise, otherwise};
    for (int axis = 0; axis < numbers.size(); axis++) {
      all[3 - numbers.size() + axis] = numbers.get(axis);
    }
    return all;
  }

  private static int volume(int[] lengths) {
    return Math.multiplyExact(Math.multiplyExact(lengths[0], lengths[1]), lengths[2]);
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
    for (o[0] = 0; o[0] < out[0]; o[0]++) {
      for (o[1] = 0; o[1] < out[1]; o[1]++) {
        for (o[2] = 0; o[2] < out[2]; o[2]++) {
          int count = taps(o, taps);
          window.at(y, size(o, count), taps, count);
          y += channels;
        }
      }
    }
  }

  private int taps(int[] o, int[] taps) {
    int count = 0;
    for (int d = first(o, 0); d <= last(o, 0); d++) {
      for (int h = first(o, 1); h <= last(o, 1); h++) {
        int line = (place(o, 0, d) * in[1] + place(o, 1, h)) * in[2];
        int end = last(o, 2);
        for (int w = first(o, 2); w <= end; w++) {
          taps[count++] = (line + place(o, 2, w)) * channels;
        }
      }
    }
    return count;
  }

  private int start(int[] o, int axis) {
    return o[axis] * stride[axis] - padding[axis];
  }

  private int place(int[] o, int axis, int tap) {
    return start(o, axis) + tap * dilation[axis];
  }

  /** The first tap that is not before the input. */
  private int first(int[] o, int axis) {
    return Math.max(0, Math.floorDiv(dilation[axis] - 1 - start(o, axis), dilation[axis]));
  }

  /** The last tap that is not behind the input. */
  private int last(int[] o, int axis) {
    int room = Math.floorDiv(in[axis] - 1 - start(o, axis), dilation[axis]);
    return Math.min(kernel[axis] - 1, room);
  }

  private float size(int[] o, int count) {
    if (geometry.divisor() > 0) {
      return geometry.divisor();
    }
    if (!geometry.countsPadding()) {
      return count;
    }
    float size = 1;
    for (int axis = 0; axis < 3; axis++) {
      int end = Math.min(start(o, axis) + kernel[axis], in[axis] + padding[axis]);
      size *= end - start(o, axis);
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

  /** Largest value of each window, or NaN if there is one in it. */
  INDArray max(INDArray x) {
    return forExamples(
        shapeY,
        (sources, y) ->
            forWindows(
                new int[volume(kernel)],
                (at, size, taps, count) -> largest(sources[0], taps, count, y, at)),
        x);
  }

  private void largest(float[] x, int[] taps, int count, float[] y, int at) {
    Arrays.fill(y, at, at + channels, Float.NEGATIVE_INFINITY);
    for (int tap = 0; tap < count; tap++) {
      int from = taps[tap];
      for (int c = 0; c < channels; c++) {
        // No branch, which nobody could predict; NaN stays.
        y[at + c] = Math.max(y[at + c], x[from + c]);
      }
    }
  }

  /** Each gradient to the first largest value of its window, or the last NaN. */
  INDArray maxBackward(INDArray x, INDArray gradY) {
    return forExamples(
        shapeX,
        (sources, gradX) -> {
          int[] winners = new int[channels];
          Arrays.fill(gradX, 0);
          forWindows(
              new int[volume(kernel)],
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
              new int[volume(kernel)],
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
              new int[volume(kernel)],
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
