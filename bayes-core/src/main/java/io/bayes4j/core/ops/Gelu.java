package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;

/** The Gaussian error linear unit as it is defined; {@link Activations#gelu} approximates it. */
public final class Gelu {
  private static final float SQRT_HALF = 0.70710677f;

  /** 1 / sqrt(2 pi), the density of a standard normal at zero. */
  private static final float DENSITY_AT_ZERO = 0.3989423f;

  private static final float TWO_OVER_ROOT_PI = 1.1283792f;

  private Gelu() {}

  /** x P(Z &lt;= x) of a standard normal Z (Hendrycks and Gimpel 2016). */
  public static Var exact(Var x) {
    Require.open(x, "x");
    return Plan.unary(
        "gelu exact",
        x,
        () -> {
          INDArray erf = Elementwise.transform(Elementwise.scale(x.value(), SQRT_HALF), Erf::new);
          INDArray y =
              Elementwise.map(
                  x.value(),
                  erf,
                  (in, e, out, n) -> {
                    for (int i = 0; i < n; i++) {
                      out[i] = 0.5f * in[i] * (1f + e[i]);
                    }
                  });
          return Var.result(
              y,
              List.of(x),
              (g, sink) ->
                  sink.add(
                      x,
                      () ->
                          Elementwise.mul(
                              g, Elementwise.map(erf, density(x.value()), Gelu::slope))));
        });
  }

  /** The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from zero to x. */
  public static Var erf(Var x) {
    Require.open(x, "x");
    return Var.result(
        Elementwise.transform(x.value(), Erf::new),
        List.of(x),
        (g, sink) ->
            sink.add(
                x,
                () -> {
                  INDArray exponent = Elementwise.scale(Elementwise.mul(x.value(), x.value()), -1f);
                  INDArray slope = Elementwise.transform(exponent, Exp::new);
                  return Elementwise.scale(Elementwise.mul(g, slope), TWO_OVER_ROOT_PI);
                }));
  }

  /** Of y = x P(x): P(x) + x p(x), given erf(x / sqrt 2) and x p(x). */
  private static void slope(float[] erf, float[] weighed, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = 0.5f * (1f + erf[i]) + weighed[i];
    }
  }

  /** x times the density of a standard normal at x. */
  private static INDArray density(INDArray x) {
    INDArray exponent = Elementwise.scale(Elementwise.mul(x, x), -0.5f);
    return Elementwise.map(
        x,
        Elementwise.transform(exponent, Exp::new),
        (in, e, out, n) -> {
          for (int i = 0; i < n; i++) {
            out[i] = DENSITY_AT_ZERO * in[i] * e[i];
          }
        });
  }
}
