package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.conv.Convolutions;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Mean over all one to three spatial axes: [N, C, spatial ...] to [N, C]. */
public final class GlobalAvgPool implements Layer {
  /** A layer without parameters. */
  public GlobalAvgPool() {}

  @Override
  public Var forward(Var x, Pass pass) {
    Require.nonNull(pass, "pass");
    Require.open(x, "x");
    Require.argument(
        x.rank() > 2 && x.rank() <= 5,
        "x must be [N, C, spatial ...] with 1 to 3 spatial axes, got shape %s",
        Require.text(x.shape()));
    List<Integer> size =
        IntStream.range(2, x.rank()).mapToObj(axis -> Math.toIntExact(x.size(axis))).toList();
    List<Integer> ones = Collections.nCopies(size.size(), 1);
    List<Integer> zeros = Collections.nCopies(size.size(), 0);
    Var means = Convolutions.avgPool(x, new ConvGeometry(size, ones, zeros, ones, 1));
    return Ops.reshape(means, x.size(0), x.size(1));
  }

  @Override
  public String toString() {
    return "GlobalAvgPool()";
  }
}
