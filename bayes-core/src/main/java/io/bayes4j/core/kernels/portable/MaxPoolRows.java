package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The largest value of each window, row by row of the result: of the input's rows under it first,
 * then of the columns of what is left. Loops run over whole rows from 0 on, which is what C2 makes
 * vector instructions of.
 *
 * <p>One and two spatial axes are three whose first ones have length one.
 */
final class MaxPoolRows {
  /** Rows are taken together until the input below them has so many elements. */
  private static final int GRAIN = 1 << 15;

  private final FloatMemory from;
  private final FloatMemory to;
  private final PoolAxis depth;
  private final PoolAxis height;
  private final PoolAxis width;
  private final int channels;

  private MaxPoolRows(FloatMemory from, FloatMemory to, int channels, PoolAxis... axes) {
    this.from = from;
    this.to = to;
    this.channels = channels;
    this.depth = axes[0];
    this.height = axes[1];
    this.width = axes[2];
  }

  /** Largest value of each window, or NaN if there is one in it; padding never wins. */
  static INDArray max(INDArray x, PoolGeometry geometry) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    INDArray y = Arena.allocate(Layout.CHANNELS_LAST, geometry.outputShape(x.shape()));
    MaxPoolRows work =
        new MaxPoolRows(
            Layout.memory(in, "x"),
            Layout.memory(y, "y"),
            Math.toIntExact(x.size(1)),
            PoolAxis.three(x.shape(), geometry));
    long rows = x.size(0) * work.depth.windows() * work.height.windows();
    long below =
        (long) work.depth.taps() * work.height.taps() * work.width.length() * work.channels;
    Parallel.forRange(rows, (int) Math.max(1, GRAIN / below), work::rows);
    return y;
  }

  private void rows(long first, long end) {
    float[] most = new float[width.length() * channels];
    float[] other = new float[most.length];
    float[] result = new float[width.windows() * channels];
    float[] column = new float[result.length];
    for (long row = first; row < end; row++) {
      int h = (int) (row % height.windows());
      long plane = row / height.windows();
      int d = (int) (plane % depth.windows());
      boolean any = overRows(plane / depth.windows(), d, h, most, other);
      if (any) {
        overColumns(most, result, column);
      } else {
        Arrays.fill(result, Float.NEGATIVE_INFINITY);
      }
      to.write(row * result.length, result, result.length);
    }
  }

  /** The largest of the rows under a window, if there is any. */
  private boolean overRows(long example, int d, int h, float[] most, float[] other) {
    boolean any = false;
    for (int i = depth.first(d); i <= depth.last(d); i++) {
      for (int j = height.first(h); j <= height.last(h); j++) {
        long plane = example * depth.length() + depth.place(d, i);
        long at = (plane * height.length() + height.place(h, j)) * most.length;
        if (any) {
          from.read(at, other, other.length);
          keepLarger(most, other);
        } else {
          from.read(at, most, most.length);
          any = true;
        }
      }
    }
    return any;
  }

  private void overColumns(float[] row, float[] result, float[] column) {
    for (int tap = 0; tap < width.taps(); tap++) {
      float[] target = tap == 0 ? result : column;
      for (int window = 0; window < width.windows(); window++) {
        int place = width.place(window, tap);
        if (place >= 0 && place < width.length()) {
          System.arraycopy(row, place * channels, target, window * channels, channels);
        } else {
          Arrays.fill(target, window * channels, (window + 1) * channels, Float.NEGATIVE_INFINITY);
        }
      }
      if (tap > 0) {
        keepLarger(result, column);
      }
    }
  }

  /** No branch, which nobody could predict; NaN stays. */
  private static void keepLarger(float[] most, float[] other) {
    for (int i = 0; i < most.length; i++) {
      most[i] = Math.max(most[i], other[i]);
    }
  }
}
