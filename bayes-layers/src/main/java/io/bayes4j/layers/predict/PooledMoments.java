package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.NormalCdf;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Pool;
import io.bayes4j.layers.PoolSpec;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Mean and variance of the greatest of the independent Gaussians in each window: of two it is known
 * (Clark 1961, "The Greatest of a Finite Set of Random Variables"), and is taken for a Gaussian to
 * compare with the next.
 */
final class PooledMoments {
  private static final int AXES = 3;

  /** A variance that stands for no number yet; means may be anything, NaN included. */
  static final double NONE = -1;

  private final int[] size;
  private final int[] pooled;
  private final List<Integer> window;
  private final List<Integer> stride;
  private final List<Integer> padding;
  private final List<Integer> dilation;

  private PooledMoments(PoolSpec spec, long[] in, long[] out) {
    size = spatial(in);
    pooled = spatial(out);
    window = axes(spec.window(), 1);
    stride = axes(spec.stride(), 1);
    padding = axes(spec.padding(), 0);
    dilation = axes(spec.dilation(), 1);
  }

  /** The lengths of the axes behind the channels, three of them. */
  private static int[] spatial(long[] shape) {
    int[] lengths = {1, 1, 1};
    for (int axis = 2; axis < shape.length; axis++) {
      lengths[AXES - shape.length + axis] = (int) shape[axis];
    }
    return lengths;
  }

  private static List<Integer> axes(List<Integer> numbers, int missing) {
    return Stream.concat(
            Collections.nCopies(AXES - numbers.size(), missing).stream(), numbers.stream())
        .toList();
  }

  static GaussianMoments greatest(Pool pool, GaussianMoments in) {
    long[] shape = in.mean().value().shape();
    long[] out = pool.forward(in.mean(), Pass.mean()).value().shape();
    PooledMoments windows = new PooledMoments(pool.spec(), shape, out);
    float[] mean = FloatMemory.numbers(in.mean().value(), "mean");
    float[] variance =
        FloatMemory.numbers(Objects.requireNonNull(in.variance()).value(), "variance");
    int places = windows.pooled[0] * windows.pooled[1] * windows.pooled[2];
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
    return new GaussianMoments(
        Var.constant(Detached.of(means, out)), Var.constant(Detached.of(variances, out)));
  }

  private void plane(int plane, float[] mean, float[] variance, float[] means, float[] variances) {
    int start = plane * size[0] * size[1] * size[2];
    int at = plane * pooled[0] * pooled[1] * pooled[2];
    double[] greatest = new double[2];
    for (int a = 0; a < pooled[0]; a++) {
      for (int b = 0; b < pooled[1]; b++) {
        for (int c = 0; c < pooled[2]; c++) {
          greatest[1] = NONE;
          window(start, new int[] {a, b, c}, mean, variance, greatest);
          means[at] = (float) greatest[0];
          variances[at++] = (float) greatest[1];
        }
      }
    }
  }

  private void window(int start, int[] place, float[] mean, float[] variance, double[] greatest) {
    for (int i = 0; i < window.get(0); i++) {
      for (int j = 0; j < window.get(1); j++) {
        for (int k = 0; k < window.get(2); k++) {
          int a = index(0, place[0], i);
          int b = index(1, place[1], j);
          int c = index(2, place[2], k);
          if (a >= 0 && b >= 0 && c >= 0) {
            int from = start + (a * size[1] + b) * size[2] + c;
            join(mean[from], variance[from], greatest);
          }
        }
      }
    }
  }

  /** Where an element of a window lies, or -1 outside. */
  private int index(int axis, int place, int element) {
    int at = place * stride.get(axis) - padding.get(axis) + element * dilation.get(axis);
    return at < size[axis] ? Math.max(at, -1) : -1;
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
