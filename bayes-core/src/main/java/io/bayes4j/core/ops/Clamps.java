package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import java.util.List;

/** Activation functions with bounds, element by element, each with its backward rule beside it. */
public final class Clamps {
  private static final float SIXTH = 1f / 6;

  private Clamps() {}

  /**
   * min(max(x, least), greatest). The gradient at a bound is zero.
   *
   * @throws IllegalArgumentException if a bound is not a number, or least is above greatest
   */
  public static Var clamp(Var x, double least, double greatest) {
    Require.open(x, "x");
    Require.argument(
        least <= greatest, "least must be at most greatest, got %s and %s", least, greatest);
    float from = (float) least;
    float to = (float) greatest;
    return Plan.unary(
        List.of("clamp", from, to),
        x,
        () ->
            Var.result(
                Elementwise.map(
                    x.value(),
                    (in, out, n) -> {
                      for (int i = 0; i < n; i++) {
                        out[i] = Math.min(Math.max(in[i], from), to);
                      }
                    }),
                List.of(x),
                (g, sink) ->
                    sink.add(
                        x,
                        () ->
                            Elementwise.map(
                                g,
                                x.value(),
                                (up, in, out, n) -> {
                                  for (int i = 0; i < n; i++) {
                                    out[i] = in[i] > from && in[i] < to ? up[i] : 0f;
                                  }
                                }))));
  }

  /**
   * The line slope x + shift between zero and one (Courbariaux et al. 2015): with a slope of 1/6
   * and a shift of 1/2, PyTorch's; with 0.2 and 1/2, that of ONNX and older Keras.
   *
   * @throws IllegalArgumentException if a number is not finite as a float
   */
  public static Var hardSigmoid(Var x, double slope, double shift) {
    Require.open(x, "x");
    Require.argument(
        Float.isFinite((float) slope), "slope must be finite as a float, got %s", slope);
    Require.argument(
        Float.isFinite((float) shift), "shift must be finite as a float, got %s", shift);
    return clamp(Ops.shift(Ops.scale(x, slope), shift), 0, 1);
  }

  /** x min(max(x + 3, 0), 6) / 6 (Howard et al. 2019). */
  public static Var hardSwish(Var x) {
    Require.open(x, "x");
    return Plan.unary(
        "hardSwish",
        x,
        () ->
            Var.result(
                Elementwise.map(
                    x.value(),
                    (in, out, n) -> {
                      for (int i = 0; i < n; i++) {
                        out[i] = in[i] * Math.min(Math.max(in[i] + 3f, 0f), 6f) * SIXTH;
                      }
                    }),
                List.of(x),
                (g, sink) ->
                    sink.add(x, () -> Elementwise.map(g, x.value(), Clamps::hardSwishGradient))));
  }

  private static void hardSwishGradient(float[] up, float[] in, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      float slope = in[i] <= -3f ? 0f : in[i] < 3f ? (2f * in[i] + 3f) * SIXTH : 1f;
      out[i] = up[i] * slope;
    }
  }
}
