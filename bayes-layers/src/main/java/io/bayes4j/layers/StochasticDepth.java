package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import java.util.Arrays;

/**
 * Leaves out a branch of a residual network at random (Huang et al. 2016): all of an example is set
 * to zero with a probability p, and divided by 1 - p otherwise. It drops in training, other
 * examples each time, and in passes of {@link Mode#DROPOUT_SAMPLE}, all examples or none.
 *
 * <p>It computes what torchvision's layer of that name does in mode {@code row}.
 */
public final class StochasticDepth implements Layer {
  private final double p;

  /**
   * Leaves out with a probability.
   *
   * @param p probability that an example's branch is left out
   * @throws IllegalArgumentException if p is not in [0, 1)
   */
  public StochasticDepth(double p) {
    Require.argument(p >= 0 && p < 1, "p must be in [0, 1), got %s", p);
    this.p = p;
  }

  /** Probability that an example's branch is left out. */
  public double p() {
    return p;
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(x.rank() >= 1, "x must be [N, ...], got a scalar");
    if (!pass.mode().dropout() || p == 0) {
      return x;
    }
    int examples = Math.toIntExact(x.size(0));
    float[] factors = new float[examples];
    Noise noise = pass.noise();
    if (pass.mode().noisePerExample()) {
      noise.uniforms(factors, 0, examples, pass.firstExample());
    } else {
      noise.uniforms(factors, 0, 1, 0);
      Arrays.fill(factors, factors[0]);
    }
    for (int i = 0; i < examples; i++) {
      factors[i] = factors[i] < p ? 0 : (float) (1 / (1 - p));
    }
    long[] ones = x.shape();
    Arrays.fill(ones, 1, ones.length, 1);
    return Ops.mul(x, Var.constant(Detached.of(factors, ones)));
  }

  @Override
  public String toString() {
    return "StochasticDepth(" + p + ")";
  }
}
