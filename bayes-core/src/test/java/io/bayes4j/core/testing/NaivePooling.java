package io.bayes4j.core.testing;

import io.bayes4j.core.kernels.PoolGeometry;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Poolings as PyTorch's documentation defines them: one window after the other, in double precision
 * over row-major copies, in any number of axes.
 */
final class NaivePooling {
  private final PoolGeometry geometry;
  private final long[] shapeX;
  private final long[] shapeY;

  /** What is under the window of each element of a channel: places in the channel. */
  private final int[][] windows;

  /** What the sum of each window is divided by. */
  private final double[] divisors;

  NaivePooling(long[] shapeX, PoolGeometry geometry) {
    this.geometry = geometry;
    this.shapeX = shapeX.clone();
    this.shapeY = shapeX.clone();
    for (int axis = 0; axis < geometry.rank(); axis++) {
      shapeY[axis + 2] = windows(axis);
    }
    windows = new int[channelLength(shapeY)][];
    divisors = new double[windows.length];
    for (int i = 0; i < windows.length; i++) {
      long[] at = Doubles.index(shapeY, i);
      windows[i] = under(at);
      divisors[i] = divisor(at, windows[i].length);
    }
  }

  private static int channelLength(long[] shape) {
    return count(Arrays.copyOfRange(shape, 2, shape.length));
  }

  long[] shapeY() {
    return shapeY.clone();
  }

  /** Counts the windows that there are, instead of dividing. */
  private long windows(int axis) {
    long length = shapeX[axis + 2];
    long padding = geometry.window().padding().get(axis);
    long count = 0;
    while (true) {
      long start = start(axis, count);
      boolean full = start + extent(axis) <= length + padding;
      boolean partial = start + extent(axis) - (stride(axis) - 1) <= length + padding;
      if (!full && !(geometry.ceilMode() && partial && start < length)) {
        return count;
      }
      count++;
    }
  }

  private long stride(int axis) {
    return geometry.window().stride().get(axis);
  }

  private long start(int axis, long window) {
    return window * stride(axis) - geometry.window().padding().get(axis);
  }

  private long extent(int axis) {
    return (geometry.window().kernel().get(axis) - 1L) * geometry.window().dilation().get(axis) + 1;
  }

  /** The row-major places in a channel of x of what is under the window of an element of y. */
  private int[] under(long[] y) {
    int[] places = {0};
    for (int axis = 0; axis < geometry.rank(); axis++) {
      int length = Math.toIntExact(shapeX[axis + 2]);
      long start = start(axis, y[axis + 2]);
      long step = geometry.window().dilation().get(axis);
      int[] inside =
          LongStream.range(0, geometry.window().kernel().get(axis))
              .map(tap -> start + tap * step)
              .filter(at -> at >= 0 && at < length)
              .mapToInt(Math::toIntExact)
              .toArray();
      places =
          Arrays.stream(places)
              .flatMap(place -> Arrays.stream(inside).map(at -> place * length + at))
              .toArray();
    }
    return places;
  }

  private double divisor(long[] y, int elements) {
    if (geometry.divisor() > 0) {
      return geometry.divisor();
    }
    double all = 1;
    for (int axis = 0; axis < geometry.rank(); axis++) {
      long end = shapeX[axis + 2] + geometry.window().padding().get(axis);
      long start = start(axis, y[axis + 2]);
      all *= Math.min(start + extent(axis), end) - start;
    }
    return geometry.countsPadding() ? all : elements;
  }

  private static int count(long[] shape) {
    return Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
  }

  /** What is done with a window: its elements begin at a place of x. */
  @FunctionalInterface
  private interface Windowed {
    void at(int y, int[] under, int first, double divisor);
  }

  private void forWindows(Windowed action) {
    int in = channelLength(shapeX);
    int channels = count(Arrays.copyOf(shapeX, 2));
    for (int channel = 0; channel < channels; channel++) {
      for (int i = 0; i < windows.length; i++) {
        action.at(channel * windows.length + i, windows[i], channel * in, divisors[i]);
      }
    }
  }

  /** The place of the largest element, or of the last NaN; -1 if there is none. */
  private static int winner(double[] x, int[] under, int first) {
    int winner = -1;
    for (int place : under) {
      if (winner < 0 || x[first + place] > x[winner] || Double.isNaN(x[first + place])) {
        winner = first + place;
      }
    }
    return winner;
  }

  double[] max(INDArray array) {
    double[] x = Doubles.of(array);
    double[] y = new double[count(shapeY)];
    forWindows(
        (i, under, first, divisor) -> {
          int winner = winner(x, under, first);
          y[i] = winner < 0 ? Double.NEGATIVE_INFINITY : x[winner];
        });
    return y;
  }

  double[] maxBackward(INDArray array, INDArray gradY) {
    double[] x = Doubles.of(array);
    double[] g = Doubles.of(gradY);
    double[] gradX = new double[x.length];
    forWindows(
        (i, under, first, divisor) -> {
          int winner = winner(x, under, first);
          if (winner >= 0) {
            gradX[winner] += g[i];
          }
        });
    return gradX;
  }

  double[] average(INDArray array) {
    double[] x = Doubles.of(array);
    double[] y = new double[count(shapeY)];
    forWindows(
        (i, under, first, divisor) -> {
          for (int place : under) {
            y[i] += x[first + place];
          }
          y[i] /= divisor;
        });
    return y;
  }

  double[] averageBackward(INDArray gradY) {
    double[] g = Doubles.of(gradY);
    double[] gradX = new double[count(shapeX)];
    forWindows(
        (i, under, first, divisor) -> {
          for (int place : under) {
            gradX[first + place] += g[i] / divisor;
          }
        });
    return gradX;
  }
}
