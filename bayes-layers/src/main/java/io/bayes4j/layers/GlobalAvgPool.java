package io.bayes4j.layers;

import io.bayes4j.core.autograd.Ops;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Mean over all spatial axes: [N, C, spatial ...] to [N, C]. */
public final class GlobalAvgPool implements Layer {
  /** A layer without parameters. */
  public GlobalAvgPool() {}

  @Override
  public Var forward(Var x, Pass pass) {
    Require.argument(
        x.rank() > 2, "x must be [N, C, spatial ...], got shape %s", Arrays.toString(x.shape()));
    Var means = Ops.mean(x, IntStream.range(2, x.rank()).toArray());
    return Ops.reshape(means, x.size(0), x.size(1));
  }

  @Override
  public String toString() {
    return "GlobalAvgPool()";
  }
}
