package io.bayes4j.core.ops.conv;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Shapes;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Padding of one axis. */
public final class Padding {
  private static final int FROM_NOWHERE = -1;

  private Padding() {}

  /**
   * The array with elements added before and after one spatial axis.
   *
   * @param x [N, C, spatial ...]
   * @param axis at least 2
   * @param before number added at the begin
   * @param after number added at the end
   * @throws IllegalArgumentException if the axis is not spatial, a number is negative, or the mode
   *     needs more elements than there are
   */
  public static Var pad(Var x, int axis, int before, int after, PaddingMode mode) {
    Require.open(x, "x");
    Require.nonNull(mode, "mode");
    Require.argument(
        axis >= 2 && axis < x.rank(), "axis must be in [2, %d), got %d", x.rank(), axis);
    Require.argument(
        before >= 0 && after >= 0, "before and after must be >= 0, got %d and %d", before, after);
    int[] sources = sources(Math.toIntExact(x.size(axis)), before, after, mode);
    long[] shape = Shapes.with(x.shape(), axis, sources.length);
    return Plan.operation(
        List.of("pad", axis, before, after, mode),
        shape,
        List.of(x),
        () -> padded(x, axis, sources, shape));
  }

  private static Var padded(Var x, int axis, int[] sources, long... shape) {
    Layout layout = Layout.of(x.value());
    INDArray y = Arena.allocate(layout, shape);
    gather(x.value(), y, axis, sources);
    return Var.result(
        y,
        List.of(x),
        (g, sink) ->
            sink.add(
                x,
                () -> {
                  INDArray gradX = Arena.allocate(layout, x.shape());
                  scatterAdd(layout.ensure(g), gradX, axis, sources);
                  return gradX;
                }));
  }

  /** For each element of the padded axis, the element it is a copy of. */
  private static int[] sources(int length, int before, int after, PaddingMode mode) {
    int most = Math.max(before, after);
    Require.argument(
        mode != PaddingMode.REFLECT || most < length,
        "reflected padding must be below the length %d, got %d",
        length,
        most);
    Require.argument(
        mode != PaddingMode.CIRCULAR || most <= length,
        "circular padding must be at most the length %d, got %d",
        length,
        most);
    int[] sources = new int[before + length + after];
    for (int i = 0; i < sources.length; i++) {
      int at = i - before;
      boolean inside = at >= 0 && at < length;
      sources[i] =
          inside
              ? at
              : switch (mode) {
                case ZEROS -> FROM_NOWHERE;
                case REFLECT -> at < 0 ? -at : 2 * (length - 1) - at;
                case REPLICATE -> at < 0 ? 0 : length - 1;
                case CIRCULAR -> Math.floorMod(at, length);
              };
    }
    return sources;
  }

  /** Number of elements that follow each other in memory below one step of the axis. */
  private static int run(INDArray array, int axis) {
    int run = 1;
    for (int other = axis + 1; other < array.rank(); other++) {
      run = Math.multiplyExact(run, Math.toIntExact(array.size(other)));
    }
    return Layout.of(array) == Layout.CHANNELS_LAST
        ? Math.multiplyExact(run, Math.toIntExact(array.size(1)))
        : run;
  }

  private static void gather(INDArray x, INDArray y, int axis, int[] sources) {
    FloatMemory from = Layout.memory(x, "x");
    FloatMemory to = Layout.memory(y, "y");
    int run = run(x, axis);
    long length = x.size(axis);
    Parallel.forRange(
        from.length() / (run * length),
        1,
        (first, end) -> {
          float[] row = new float[run];
          float[] zeros = new float[run];
          for (long outer = first; outer < end; outer++) {
            for (int i = 0; i < sources.length; i++) {
              if (sources[i] != FROM_NOWHERE) {
                from.read((outer * length + sources[i]) * run, row, run);
              }
              to.write(
                  (outer * sources.length + i) * run,
                  sources[i] == FROM_NOWHERE ? zeros : row,
                  run);
            }
          }
        });
  }

  /** The reverse of {@link #gather}: each element's gradient is added where it was copied from. */
  private static void scatterAdd(INDArray g, INDArray gradX, int axis, int[] sources) {
    FloatMemory from = Layout.memory(g, "g");
    FloatMemory to = Layout.memory(gradX, "gradX");
    int run = run(g, axis);
    int length = Math.toIntExact(gradX.size(axis));
    Parallel.forRange(
        to.length() / ((long) run * length),
        1,
        (first, end) -> {
          float[] row = new float[run];
          float[] sums = new float[run * length];
          for (long outer = first; outer < end; outer++) {
            Arrays.fill(sums, 0f);
            for (int i = 0; i < sources.length; i++) {
              if (sources[i] != FROM_NOWHERE) {
                from.read((outer * sources.length + i) * run, row, run);
                for (int k = 0; k < run; k++) {
                  sums[sources[i] * run + k] += row[k];
                }
              }
            }
            to.write(outer * length * run, sums, sums.length);
          }
        });
  }
}
