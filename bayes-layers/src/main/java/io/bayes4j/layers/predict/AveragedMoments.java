package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.AdaptiveAvgPool;
import io.bayes4j.layers.AvgPool;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Pool;
import io.bayes4j.layers.PoolSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Mean and variance of averages of independent numbers in windows: where a sum is divided by d, the
 * average of the variances has to be divided by d once more.
 */
final class AveragedMoments {
  private AveragedMoments() {}

  static GaussianMoments of(Pool pool, GaussianMoments in) {
    return averaged(pool, in, shares(pool, in.mean().shape()));
  }

  static GaussianMoments of(AdaptiveAvgPool pool, GaussianMoments in) {
    return averaged(pool, in, shares(pool.lengths(), in.mean().shape()));
  }

  private static GaussianMoments averaged(Layer pool, GaussianMoments in, Var shares) {
    Var spread = pool.forward(Objects.requireNonNull(in.variance()), Pass.mean());
    return new GaussianMoments(pool.forward(in.mean(), Pass.mean()), Ops.mul(spread, shares));
  }

  /**
   * One over what each window's sum is divided by, which may differ at the edges: of ones the
   * average over the sum.
   */
  private static Var shares(Pool pool, long... shape) {
    long[] one = shape.clone();
    one[0] = 1;
    one[1] = 1;
    Var ones = Var.constant(Detached.fill(Detached.zeros(one), 1));
    PoolSpec sums = pool.spec().withDivisor(1);
    return Ops.div(pool.forward(ones, Pass.mean()), AvgPool.of(sums).forward(ones, Pass.mean()));
  }

  /** The same of an adaptive pool, whose windows have lengths of their own along each axis. */
  private static Var shares(List<Integer> lengths, long... shape) {
    Var shares = null;
    for (int axis = 0; axis < lengths.size(); axis++) {
      int windows = lengths.get(axis);
      long[] along = new long[shape.length];
      Arrays.fill(along, 1);
      along[axis + 2] = windows;
      float[] own = squaresOfWeights(Math.toIntExact(shape[axis + 2]), windows);
      Var factor = Var.constant(Detached.of(own, along));
      shares = shares == null ? factor : Ops.mul(shares, factor);
    }
    return Objects.requireNonNull(shares);
  }

  /** The sum of the squares of each window's weights, which are what it makes of single ones. */
  private static float[] squaresOfWeights(int length, int windows) {
    float[] single = new float[length * length];
    for (int i = 0; i < length; i++) {
      single[i * length + i] = 1;
    }
    Var ones = Var.constant(Detached.of(single, length, 1, length));
    Var weights = AdaptiveAvgPool.of(windows).forward(ones, Pass.mean());
    float[] numbers = FloatMemory.numbers(weights.value(), "weights");
    float[] squares = new float[windows];
    for (int i = 0; i < numbers.length; i++) {
      squares[i % windows] += numbers[i] * numbers[i];
    }
    return squares;
  }
}
