package io.bayes4j.imports.parts;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.conv.Convolutions;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Maximum over all spatial axes: [N, C, spatial ...] to [N, C]. */
public record GlobalMaxPool() implements Layer {
  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(
        x.rank() > 2 && x.rank() < 6,
        "x must be [N, C] with 1 to 3 spatial axes, got shape %s",
        Require.text(x.shape()));
    List<Integer> size =
        IntStream.range(2, x.rank()).mapToObj(axis -> Math.toIntExact(x.size(axis))).toList();
    List<Integer> ones = Collections.nCopies(size.size(), 1);
    List<Integer> zeros = Collections.nCopies(size.size(), 0);
    Var most = Convolutions.maxPool(x, new ConvGeometry(size, ones, zeros, ones, 1));
    return Ops.reshape(most, x.size(0), x.size(1));
  }

  @Override
  public String toString() {
    return "GlobalMaxPool()";
  }
}
