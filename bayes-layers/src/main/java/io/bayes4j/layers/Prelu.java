package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.Clamps;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import java.util.Map;

/**
 * x above zero, weight x below, where the weight is trained (He et al. 2015): one number for all
 * channels, or one for each channel of [N, C, ...]. It starts at 0.25.
 */
public final class Prelu implements Layer {
  private static final double INITIAL = 0.25;

  private final long channels;
  private final Parameter weight;

  /**
   * With initial weights.
   *
   * @param channels number of weights: 1, or that of the input's channels
   * @throws IllegalArgumentException if it is not above zero
   */
  public Prelu(long channels) {
    this.channels = Require.positive(channels, "channels");
    this.weight = new Parameter(Detached.full(INITIAL, channels));
  }

  @Override
  public Map<String, Parameter> parameters() {
    return Map.of("weight", weight);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(
        channels == 1 || (x.rank() >= 2 && x.size(1) == channels),
        "x must be [N, %d, ...], got shape %s",
        channels,
        Require.text(x.shape()));
    long[] shape = new long[Math.max(1, x.rank() - 1)];
    Arrays.fill(shape, 1);
    shape[0] = channels;
    Var below = Clamps.clamp(x, Double.NEGATIVE_INFINITY, 0);
    return Ops.add(Activations.relu(x), Ops.mul(below, Ops.reshape(weight.var(), shape)));
  }

  @Override
  public String toString() {
    return "Prelu(" + channels + ")";
  }
}
