package io.bayes4j.layers;

import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ConvGeometry;
import java.util.Collections;
import java.util.function.BiFunction;

/** A pooling layer: what those of all ranks share. */
public abstract sealed class Pool implements Layer
    permits MaxPool1d, MaxPool2d, MaxPool3d, AvgPool1d, AvgPool2d, AvgPool3d {
  private final ConvGeometry window;
  private final BiFunction<Var, ConvGeometry, Var> function;

  Pool(int rank, int window, int stride, int padding, BiFunction<Var, ConvGeometry, Var> function) {
    Require.argument(
        padding * 2 <= window,
        "padding (=%d) must be at most half of the window (=%d)",
        padding,
        window);
    this.window =
        new ConvGeometry(
            Collections.nCopies(rank, window),
            Collections.nCopies(rank, stride),
            Collections.nCopies(rank, padding),
            Collections.nCopies(rank, 1),
            1);
    this.function = function;
  }

  /** The window that moves over the input. */
  public final ConvGeometry window() {
    return window;
  }

  @Override
  public final Var forward(Var x, Pass pass) {
    return function.apply(x, window);
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName()
        + "(kernel="
        + window.kernel()
        + ", stride="
        + window.stride()
        + ", padding="
        + window.padding()
        + ")";
  }
}
