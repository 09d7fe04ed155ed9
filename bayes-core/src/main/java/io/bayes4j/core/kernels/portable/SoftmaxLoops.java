package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.SoftmaxColumns;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Softmax and its gradients along an axis, in plain Java: whatever comes after the axis belongs
 * together, and is read a few blocks at a time.
 */
final class SoftmaxLoops {
  /** Floats that a thread takes at once, or as many as belong together. */
  private static final int GRAIN = 1 << 13;

  private SoftmaxLoops() {}

  /** Changes the column that begins at a place, given another array's. */
  @FunctionalInterface
  private interface Column {
    void change(float[] x, float[] other, int at, int classes, int step);
  }

  static void shares(INDArray x, int axis, float masked, INDArray out) {
    inColumns(
        x,
        x,
        axis,
        (v, other, at, classes, step) -> SoftmaxColumns.shares(v, at, classes, step, masked),
        out);
  }

  static INDArray logs(INDArray x, int axis) {
    INDArray out = Arena.allocate(x.shape());
    inColumns(
        x,
        x,
        axis,
        (v, other, at, classes, step) -> SoftmaxColumns.logs(v, at, classes, step),
        out);
    return out;
  }

  static INDArray sharesBackward(INDArray y, INDArray gradY, int axis) {
    INDArray out = Arena.allocate(y.shape());
    inColumns(gradY, y, axis, SoftmaxLoops::shareGradient, out);
    return out;
  }

  static INDArray logsBackward(INDArray y, INDArray gradY, int axis) {
    INDArray out = Arena.allocate(y.shape());
    inColumns(gradY, y, axis, SoftmaxLoops::logGradient, out);
    return out;
  }

  /** y * (g - sum(g * y)), in place of g. */
  private static void shareGradient(float[] g, float[] y, int at, int classes, int step) {
    int end = at + classes * step;
    double sum = 0;
    for (int i = at; i < end; i += step) {
      sum += (double) g[i] * y[i];
    }
    for (int i = at; i < end; i += step) {
      g[i] = (float) (y[i] * (g[i] - sum));
    }
  }

  /** g - e^y * sum(g), in place of g. */
  private static void logGradient(float[] g, float[] y, int at, int classes, int step) {
    int end = at + classes * step;
    double sum = 0;
    for (int i = at; i < end; i += step) {
      sum += g[i];
    }
    for (int i = at; i < end; i += step) {
      g[i] -= (float) (Math.exp(y[i]) * sum);
    }
  }

  /** Reads first and second and writes out, which may be the first. */
  private static void inColumns(
      INDArray first, INDArray second, int axis, Column column, INDArray out) {
    int classes = Math.toIntExact(first.size(axis));
    int step = 1;
    for (int after = axis + 1; after < first.rank(); after++) {
      step = Math.toIntExact(step * first.size(after));
    }
    int places = step;
    int block = Math.multiplyExact(classes, places);
    FloatMemory from = FloatMemory.of(Layout.ROW_MAJOR.ensure(first), "x");
    FloatMemory beside =
        second == first ? from : FloatMemory.of(Layout.ROW_MAJOR.ensure(second), "y");
    FloatMemory to = FloatMemory.of(out, "out");
    Parallel.forRange(
        to.length() / block,
        Math.max(1, GRAIN / block),
        (begin, end) -> {
          float[] x = new float[Math.toIntExact((end - begin) * block)];
          from.read(begin * block, x, x.length);
          float[] other = x;
          if (beside != from) {
            other = new float[x.length];
            beside.read(begin * block, other, x.length);
          }
          for (int at = 0; at < x.length; at += block) {
            for (int p = 0; p < places; p++) {
              column.change(x, other, at + p, classes, places);
            }
          }
          to.write(begin * block, x, x.length);
        });
  }
}
