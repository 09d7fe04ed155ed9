package io.bayes4j.imports.parts;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import java.util.Arrays;
import java.util.List;

/**
 * Means of windows with Keras' "same" padding, over the elements of the input alone.
 *
 * @param windows whose elements are averaged
 */
public record SameAvgPool(SlidingWindows windows) implements Layer {
  /** Checks the windows. */
  public SameAvgPool {
    Require.nonNull(windows, "windows");
  }

  @Override
  public Var forward(Var x, Pass pass) {
    windows.requireInput(x, pass);
    List<Integer> lengths = Arrays.stream(x.shape()).skip(2).mapToObj(Math::toIntExact).toList();
    return PaddedAvgPool.same(windows, lengths).forward(x, pass);
  }

  @Override
  public String toString() {
    return "SameAvgPool(" + windows.size() + ", stride " + windows.stride() + ")";
  }
}
