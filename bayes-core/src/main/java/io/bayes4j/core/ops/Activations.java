package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Pending;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Value;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.RoundedRelu;
import io.bayes4j.core.memory.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;

/** Activation functions, element by element, each with its backward rule beside it. */
public final class Activations {
  /** sqrt(2 / pi), of the tanh form of GELU. */
  private static final float GELU_SCALE = 0.7978846f;

  private static final float GELU_CUBIC = 0.044715f;

  private Activations() {}

  /** max(x, 0). */
  public static Var relu(Var x) {
    Require.open(x, "x");
    if (Plan.waits(List.of(x))) {
      return Plan.relu(x, () -> reluOf(x));
    }
    return Plan.pending(x).flatMap(Pending::relu).orElseGet(() -> reluOf(x));
  }

  private static Var reluOf(Var x) {
    INDArray in = Value.of(x).activation();
    INDArray y = in.dataType() == DataType.FLOAT ? Elementwise.relu(in) : RoundedRelu.of(in);
    return Value.activation(y, List.of(x), (g, sink) -> sink.add(x, () -> reluGradient(y, g)));
  }

  private static INDArray reluGradient(INDArray y, INDArray g) {
    return y.dataType() == DataType.FLOAT
        ? Elementwise.reluGradient(y, Kernels.ensureType(g, DataType.FLOAT))
        : RoundedRelu.gradient(y, Kernels.ensureType(g, DataType.BFLOAT16));
  }

  /** x where x is positive, slope * x elsewhere. */
  public static Var leakyRelu(Var x, double slope) {
    Require.open(x, "x");
    float s = (float) slope;
    return Plan.unary(
        List.of("leakyRelu", s),
        x,
        () -> {
          INDArray y =
              Elementwise.map(
                  x.value(),
                  (in, out, n) -> {
                    for (int i = 0; i < n; i++) {
                      out[i] = Math.max(in[i], 0f) + s * Math.min(in[i], 0f);
                    }
                  });
          return Var.result(
              y,
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
                                  out[i] = up[i] * (s + (1f - s) * Elementwise.isPositive(in[i]));
                                }
                              })));
        });
  }

  /** 1 / (1 + e^-x). */
  public static Var sigmoid(Var x) {
    Require.open(x, "x");
    return Plan.unary(
        "sigmoid",
        x,
        () -> {
          INDArray y = Elementwise.transform(x.value(), Sigmoid::new);
          return Var.result(
              y,
              List.of(x),
              (g, sink) ->
                  sink.add(
                      x,
                      () ->
                          Elementwise.map(
                              g,
                              y,
                              (up, s, out, n) -> {
                                for (int i = 0; i < n; i++) {
                                  out[i] = up[i] * s[i] * (1f - s[i]);
                                }
                              })));
        });
  }

  /** Hyperbolic tangent. */
  public static Var tanh(Var x) {
    Require.open(x, "x");
    return Plan.unary(
        "tanh",
        x,
        () -> {
          INDArray y = Elementwise.transform(x.value(), Tanh::new);
          return Var.result(
              y,
              List.of(x),
              (g, sink) ->
                  sink.add(
                      x,
                      () ->
                          Elementwise.map(
                              g,
                              y,
                              (up, t, out, n) -> {
                                for (int i = 0; i < n; i++) {
                                  out[i] = up[i] * (1f - t[i] * t[i]);
                                }
                              })));
        });
  }

  /** log(1 + e^x). */
  public static Var softplus(Var x) {
    Require.open(x, "x");
    return Plan.unary(
        "softplus",
        x,
        () -> {
          // As max(x, 0) + log(1 + e^-|x|): ND4J's own operator is infinite from 89 on.
          INDArray exponent =
              Elementwise.map(
                  x.value(),
                  (in, out, n) -> {
                    for (int i = 0; i < n; i++) {
                      out[i] = -Math.abs(in[i]);
                    }
                  });
          INDArray y =
              Elementwise.map(
                  x.value(),
                  Elementwise.transform(exponent, Exp::new),
                  (in, exp, out, n) -> {
                    for (int i = 0; i < n; i++) {
                      out[i] = Math.max(in[i], 0f) + (float) Math.log1p(exp[i]);
                    }
                  });
          return Var.result(
              y,
              List.of(x),
              (g, sink) ->
                  sink.add(
                      x, () -> Elementwise.mul(g, Elementwise.transform(x.value(), Sigmoid::new))));
        });
  }

  /** x * sigmoid(x), also called swish (Elfwing et al. 2018). */
  public static Var silu(Var x) {
    Require.open(x, "x");
    return Plan.unary(
        "silu",
        x,
        () -> {
          INDArray s = Elementwise.transform(x.value(), Sigmoid::new);
          return Var.result(
              Elementwise.mul(x.value(), s),
              List.of(x),
              (g, sink) ->
                  sink.add(
                      x,
                      () ->
                          Elementwise.map(
                              g,
                              x.value(),
                              s,
                              (up, in, sig, out, n) -> {
                                for (int i = 0; i < n; i++) {
                                  out[i] = up[i] * sig[i] * (1f + in[i] * (1f - sig[i]));
                                }
                              })));
        });
  }

  /**
   * GELU in its tanh form, 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) (Hendrycks and Gimpel
   * 2016).
   */
  public static Var gelu(Var x) {
    Require.open(x, "x");
    return Plan.unary(
        "gelu",
        x,
        () -> {
          INDArray inner =
              Elementwise.map(
                  x.value(),
                  (in, out, n) -> {
                    for (int i = 0; i < n; i++) {
                      out[i] = GELU_SCALE * (in[i] + GELU_CUBIC * in[i] * in[i] * in[i]);
                    }
                  });
          INDArray t = Elementwise.transform(inner, Tanh::new);
          INDArray y =
              Elementwise.map(
                  x.value(),
                  t,
                  (in, th, out, n) -> {
                    for (int i = 0; i < n; i++) {
                      out[i] = 0.5f * in[i] * (1f + th[i]);
                    }
                  });
          return Var.result(
              y,
              List.of(x),
              (g, sink) ->
                  sink.add(x, () -> Elementwise.map(g, x.value(), t, Activations::geluGradient)));
        });
  }

  private static void geluGradient(float[] up, float[] in, float[] t, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      float slope = GELU_SCALE * (1f + 3f * GELU_CUBIC * in[i] * in[i]);
      out[i] = up[i] * 0.5f * (1f + t[i] + in[i] * (1f - t[i] * t[i]) * slope);
    }
  }

  /**
   * x where x is positive, alpha (e^x - 1) elsewhere (Clevert et al. 2016).
   *
   * @throws IllegalArgumentException if alpha is negative or not finite
   */
  public static Var elu(Var x, double alpha) {
    Require.open(x, "x");
    Require.argument(
        alpha >= 0 && Float.isFinite((float) alpha),
        "alpha must be finite and >= 0, got %s",
        alpha);
    float a = (float) alpha;
    return Plan.unary(
        List.of("elu", a),
        x,
        () -> {
          INDArray y =
              Elementwise.map(
                  x.value(),
                  (in, out, n) -> {
                    for (int i = 0; i < n; i++) {
                      out[i] = in[i] > 0 ? in[i] : a * (float) Math.expm1(in[i]);
                    }
                  });
          return Var.result(
              y,
              List.of(x),
              (g, sink) ->
                  sink.add(
                      x,
                      () ->
                          Elementwise.map(
                              g,
                              y,
                              (up, out1, out, n) -> {
                                for (int i = 0; i < n; i++) {
                                  out[i] = out1[i] > 0 ? up[i] : up[i] * (out1[i] + a);
                                }
                              })));
        });
  }

  /**
   * x / (1 - p) where a uniform number is at least p, zero elsewhere.
   *
   * @param uniforms in [0, 1), in the shape of x
   * @param p probability that an element becomes zero, in [0, 1)
   * @throws IllegalArgumentException if the shapes differ or p is out of range
   */
  public static Var drop(Var x, INDArray uniforms, double p) {
    Require.open(x, "x");
    Require.open(uniforms, "uniforms");
    Require.argument(
        Arrays.equals(uniforms.shape(), x.shape()) && uniforms.dataType() == DataType.FLOAT,
        "uniforms must be FLOAT of the shape %s of x, got %s of shape %s",
        Require.text(x.shape()),
        uniforms.dataType(),
        Require.text(uniforms.shape()));
    Require.argument(p >= 0 && p < 1, "p must be in [0, 1), got %s", p);
    return Plan.operation(
        List.of("drop", p),
        x.shape(),
        List.of(x, Var.constant(uniforms)),
        () ->
            Var.result(
                drop(x.value(), uniforms, (float) p),
                List.of(x),
                (g, sink) -> sink.add(x, () -> drop(g, uniforms, (float) p))));
  }

  /**
   * As {@link #drop(Var, INDArray, double)}, with numbers that are made when they are needed.
   *
   * @param fill writes numbers in [0, 1) into an array in the shape of x, the same at each call
   * @throws IllegalArgumentException if p is out of range
   */
  public static Var drop(Var x, Consumer<INDArray> fill, double p) {
    Require.open(x, "x");
    Require.nonNull(fill, "fill");
    Require.argument(p >= 0 && p < 1, "p must be in [0, 1), got %s", p);
    return Plan.unary(
        null,
        x,
        () -> {
          INDArray numbers = Arena.allocate(x.shape());
          fill.accept(numbers);
          return drop(x, numbers, p);
        });
  }

  private static INDArray drop(INDArray x, INDArray uniforms, float p) {
    float kept = 1f / (1f - p);
    return Elementwise.map(
        x,
        uniforms,
        (in, u, out, n) -> {
          for (int i = 0; i < n; i++) {
            out[i] = in[i] * (kept - kept * Elementwise.isPositive(p - u[i]));
          }
        });
  }
}
