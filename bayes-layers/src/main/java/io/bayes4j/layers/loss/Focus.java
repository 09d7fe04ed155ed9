package io.bayes4j.layers.loss;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** -(1 - p)^gamma log p, given log p (Lin et al. 2017): the cost of an answer of probability p. */
final class Focus {
  private Focus() {}

  static double checked(double gamma) {
    Require.argument(gamma >= 0 && gamma <= 100, "gamma must be in [0, 100], got %s", gamma);
    return gamma;
  }

  static Var of(Var logs, double gamma) {
    INDArray value =
        Elementwise.map(
            logs.value(),
            (x, out, n) -> {
              for (int i = 0; i < n; i++) {
                out[i] = (float) (-Math.pow(-Math.expm1(x[i]), gamma) * x[i]);
              }
            });
    return Var.result(
        value,
        List.of(logs),
        (g, sink) ->
            sink.add(
                logs,
                () ->
                    Elementwise.map(
                        g,
                        logs.value(),
                        (own, x, out, n) -> {
                          for (int i = 0; i < n; i++) {
                            out[i] = (float) (own[i] * slope(x[i], gamma));
                          }
                        })));
  }

  private static double slope(double log, double gamma) {
    double rest = -Math.expm1(log);
    if (rest == 0) {
      // Of a certain answer: 0 but for gamma = 0, as -gamma rest^gamma and smaller terms say.
      return gamma == 0 ? -1 : 0;
    }
    double power = Math.pow(rest, gamma);
    return gamma * power / rest * Math.exp(log) * log - power;
  }
}
