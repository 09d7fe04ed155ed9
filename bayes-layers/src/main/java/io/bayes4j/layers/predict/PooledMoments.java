package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.NormalCdf;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.layers.AdaptiveMaxPool;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Pool;
import io.bayes4j.layers.PoolSpec;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mean and variance of the greatest of the independent Gaussians in each window: of two it is known
 * (Clark 1961, "The Greatest of a Finite Set of Random Variables"), and is taken for a Gaussian to
 * compare with the next.
 */
final class PooledMoments {
  private static final int AXES = 3;

  /** A variance that stands for no number yet; means may be anything, NaN included. */
  static final double NONE = -1;

  private final int[] size = {1, 1, 1};

  /** For each of three axes and each place along it, the elements of its window. */
  private final int[][][] windows = {{{0}}, {{0}}, {{0}}};

  private PooledMoments(long[] in, long[] out, IntFunction<IntFunction<int[]>> windowsOfAxis) {
    int first = AXES - in.length + 2;
    for (int axis = first; axis < AXES; axis++) {
      size[axis] = (int) in[axis - first + 2];
      windows[axis] =
          IntStream.range(0, (int) out[axis - first + 2])
              .mapToObj(windowsOfAxis.apply(axis - first))
              .toArray(int[][]::new);
    }
  }

  static GaussianMoments greatest(Pool pool, GaussianMoments in) {
    PoolSpec spec = pool.spec();
    return greatest(
        pool,
        in,
        axis ->
            place ->
                IntStream.range(0, spec.window().get(axis))
                    .map(
                        element ->
                            place * spec.stride().get(axis)
                                - spec.padding().get(axis)
                                + element * spec.dilation().get(axis))
                    .filter(at -> at >= 0 && at < in.mean().size(axis + 2))
                    .toArray());
  }

  static GaussianMoments greatest(AdaptiveMaxPool pool, GaussianMoments in) {
    return greatest(
        pool,
        in,
        axis -> place -> pool.window(axis, place, Math.toIntExact(in.mean().size(axis + 2))));
  }

  private static GaussianMoments greatest(
      Layer pool, GaussianMoments in, IntFunction<IntFunction<int[]>> windowsOfAxis) {
    Var mean = in.mean();
    Var variance = Objects.requireNonNull(in.variance());
    long[] out = pool.forward(mean, Pass.mean()).shape();
    PooledMoments windows = new PooledMoments(mean.shape(), out, windowsOfAxis);
    List<Var> both =
        TwoResults.of(
            List.of(mean, variance),
            out,
            out,
            () -> greatest(windows, mean.value(), variance.value(), out));
    return new GaussianMoments(both.get(0), both.get(1));
  }

  private static List<INDArray> greatest(
      PooledMoments windows, INDArray inMean, INDArray inVariance, long... out) {
    float[] mean = FloatMemory.numbers(inMean, "mean");
    float[] variance = FloatMemory.numbers(inVariance, "variance");
    int places = windows.places();
    int planes = Math.toIntExact(out[0] * out[1]);
    float[] means = new float[planes * places];
    float[] variances = new float[planes * places];
    Parallel.forRange(
        planes,
        1,
        (from, to) -> {
          for (long plane = from; plane < to; plane++) {
            windows.plane((int) plane, mean, variance, means, variances);
          }
        });
    return List.of(Detached.of(means, out), Detached.of(variances, out));
  }

  private int places() {
    return windows[0].length * windows[1].length * windows[2].length;
  }

  private void plane(int plane, float[] mean, float[] variance, float[] means, float[] variances) {
    int start = plane * size[0] * size[1] * size[2];
    int at = plane * places();
    double[] greatest = new double[2];
    for (int[] a : windows[0]) {
      for (int[] b : windows[1]) {
        for (int[] c : windows[2]) {
          greatest[1] = NONE;
          window(start, a, b, c, mean, variance, greatest);
          means[at] = (float) greatest[0];
          variances[at++] = (float) greatest[1];
        }
      }
    }
  }

  private void window(
      int start,
      int[] planes,
      int[] rows,
      int[] columns,
      float[] mean,
      float[] variance,
      double[] greatest) {
    for (int a : planes) {
      for (int b : rows) {
        for (int c : columns) {
          int from = start + (a * size[1] + b) * size[2] + c;
          join(mean[from], variance[from], greatest);
        }
      }
    }
  }

  /** The moments of the greater of two, into the first, whose variance may be {@link #NONE}. */
  static void join(double mean, double variance, double[] greatest) {
    double sum = variance + greatest[1];
    if (greatest[1] == NONE) {
      greatest[0] = mean;
      greatest[1] = variance;
    } else if (sum <= 0) {
      greatest[0] = Math.max(greatest[0], mean);
      greatest[1] = 0;
    } else {
      double spread = Math.sqrt(sum);
      double z = (greatest[0] - mean) / spread;
      double first = NormalCdf.of(z);
      double bump = spread * Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
      double own = greatest[0];
      double expected = own * first + mean * (1 - first) + bump;
      double square =
          (own * own + greatest[1]) * first
              + (mean * mean + variance) * (1 - first)
              + (own + mean) * bump;
      greatest[0] = expected;
      greatest[1] = Math.max(0, square - expected * expected);
    }
  }
}
