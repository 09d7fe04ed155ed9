package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.PoolGeometry;
import java.util.Collections;
import java.util.function.BiFunction;

/** A pooling layer: what those of all ranks share. */
public abstract sealed class Pool implements Layer
    permits MaxPool1d, MaxPool2d, MaxPool3d, AvgPool1d, AvgPool2d, AvgPool3d {
  private final PoolSpec spec;
  private final PoolGeometry geometry;
  private final BiFunction<Var, PoolGeometry, Var> function;

  Pool(PoolSpec spec, BiFunction<Var, PoolGeometry, Var> function) {
    this.spec = spec;
    this.geometry = spec.geometry();
    this.function = function;
  }

  /** A window of one size, stride and padding for all axes. */
  static PoolSpec spec(int rank, int window, int stride, int padding) {
    return PoolSpec.of(Collections.nCopies(rank, window).stream().mapToInt(w -> w).toArray())
        .withStride(stride)
        .withPadding(padding);
  }

  /** The spec itself. */
  static PoolSpec required(PoolSpec spec) {
    Require.argument(spec != null, "spec must not be null");
    return spec;
  }

  /** The options. */
  public final PoolSpec spec() {
    return spec;
  }

  /** The window that moves over the input. */
  public final ConvGeometry window() {
    return geometry.window();
  }

  @Override
  public final Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return function.apply(x, geometry);
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "(" + spec.options() + ")";
  }
}
