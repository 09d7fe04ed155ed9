package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatLoops;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mean and variance of max(x, 0) of Gaussians, in one sweep.
 *
 * <p>Of one with mean m, deviation s, and z = |m| / s: with the density p at z, the probability T
 * beyond z, and e = p - z T, the mean is max(m, 0) + s e, the variance s^2 times T - e (z + e), and
 * 1 - 2 T more where m is above zero. Nothing in these cancels that is not small anyway, so that
 * floats will do.
 */
final class RectifiedMoments {
  private static final float ROOT_OF_TWO_PI = (float) Math.sqrt(2 * Math.PI);

  /** A variance that is as good as none, and above zero. */
  private static final float LEAST = 1e-30f;

  /** Deviations beyond which there is nothing above {@link #NOTHING}. */
  private static final float FAR = 9;

  /**
   * A share of the deviation, or of the variance, that is taken for zero: far below what the
   * approximation is wrong by. With denormal numbers a ResNet-20 would take twice as long.
   */
  private static final float NOTHING = 1e-12f;

  private RectifiedMoments() {}

  static GaussianMoments of(Var mean, Var variance) {
    long[] shape = mean.shape();
    List<Var> both =
        TwoResults.of(
            List.of(mean, variance),
            shape,
            StackedMoments.shape(shape),
            () -> compute(mean.value(), variance.value()));
    Var stacked = both.get(1);
    return new GaussianMoments(both.get(0), StackedMoments.variances(stacked, shape), stacked);
  }

  /** The means, then the {@link StackedMoments}. */
  private static List<INDArray> compute(INDArray mean, INDArray variance) {
    INDArray out = Arena.like(mean);
    Layout layout = Layout.of(out);
    FloatMemory from = Layout.memory(layout.ensure(mean), "mean");
    FloatMemory spread = Layout.memory(layout.ensure(variance), "variance");
    FloatMemory to = Layout.memory(out, "means");
    StackedMoments both = StackedMoments.like(out);
    both.sweep(
        (at, n, scratch) -> {
          float[] x = scratch.array();
          float[] v = scratch.array();
          from.read(at, x, n);
          spread.read(at, v, n);
          rectify(x, v, n, scratch);
          to.write(at, x, n);
          StackedMoments.addSquares(x, v, x, n);
          both.write(at, x, v, n, scratch);
        });
    return List.of(out, both.array());
  }

  /** Means and variances in place. */
  static void rectify(float[] m, float[] v, int n, Scratch scratch) {
    float[] deviation = scratch.array();
    float[] z = scratch.array();
    float[] tail = scratch.array();
    float[] density = scratch.array();
    float[] rest = scratch.array();
    sizes(m, v, deviation, z, n);
    halfSquares(z, tail, n);
    FloatLoops.expNegativeAbsolute(tail, density, rest, n);
    tails(z, density, tail, n);
    rests(z, density, tail, rest, n);
    variances(m, v, z, tail, rest, n);
    means(m, deviation, rest, n);
  }

  // Loops of one output each, which the compiler turns into vector instructions.

  /** The deviations, and |m| / s, or what is far enough. */
  private static void sizes(float[] m, float[] v, float[] deviation, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      deviation[i] = (float) Math.sqrt(Math.max(v[i], LEAST));
    }
    for (int i = 0; i < n; i++) {
      z[i] = Math.min(Math.abs(m[i]) / deviation[i], FAR);
    }
  }

  private static void halfSquares(float[] z, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = 0.5f * z[i] * z[i];
    }
  }

  /**
   * The probabilities that a standard normal is above z, zero or more, within 7.5e-8 (Abramowitz
   * and Stegun 26.2.17).
   *
   * @param density at z, times the root of two pi
   */
  private static void tails(float[] z, float[] density, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      float t = 1 / (1 + 0.2316419f * z[i]);
      out[i] =
          density[i]
              * (t / ROOT_OF_TWO_PI)
              * (0.31938154f
                  + t * (-0.35656378f + t * (1.7814779f + t * (-1.8212559f + t * 1.3302745f))));
    }
  }

  private static void rests(float[] z, float[] density, float[] tail, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      float e = density[i] * (1 / ROOT_OF_TWO_PI) - z[i] * tail[i];
      out[i] = Math.max(e - NOTHING, 0f);
    }
  }

  private static void variances(
      float[] m, float[] v, float[] z, float[] tail, float[] rest, int n) {
    for (int i = 0; i < n; i++) {
      float share = tail[i] - rest[i] * (z[i] + rest[i]);
      float more = Elementwise.isPositive(m[i]) * (1 - 2 * tail[i]);
      v[i] *= Math.max(share + more - NOTHING, 0f);
    }
  }

  private static void means(float[] m, float[] deviation, float[] rest, int n) {
    for (int i = 0; i < n; i++) {
      m[i] = Math.max(m[i], 0f) + deviation[i] * rest[i];
    }
  }
}
