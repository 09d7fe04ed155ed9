package io.bayes4j.layers.loss;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Likelihood of Student's t distribution with given degrees of freedom; see {@link Losses}. */
final class StudentT {
  /** From here on five terms of the series leave 1e-12. */
  private static final double LARGE = 20;

  private StudentT() {}

  static Loss loss(double degrees) {
    Require.argument(
        degrees >= 0.01 && degrees <= 1e6, "degrees must be in [0.01, 1e6], got %s", degrees);
    double constant = 0.5 * Math.log(Math.PI * degrees) - logRatio(degrees / 2);
    return new ElementLoss(
        "StudentT(degrees " + degrees + ")",
        (output, targets) -> terms(output, targets, degrees),
        0.5,
        constant,
        true);
  }

  /** Twice what depends on the output. */
  private static Var terms(Var output, INDArray targets, double nu) {
    Losses.requireMeansAndSpreads(output, targets);
    long d = targets.size(1);
    Var square = Losses.variance(Ops.slice(output, 1, d, 2 * d));
    Var error = Ops.square(Ops.sub(Ops.slice(output, 1, 0, d), Var.constant(targets)));
    Var tail = Ops.log(Ops.shift(Ops.scale(Ops.div(error, square), 1 / nu), 1));
    return Ops.add(Ops.log(square), Ops.scale(tail, nu + 1));
  }

  /** log Gamma(x + 1/2) - log Gamma(x). */
  static double logRatio(double x) {
    double sum = 0;
    double y = x;
    for (; y < LARGE; y++) {
      sum += Math.log(y) - Math.log(y + 0.5);
    }
    double inverse = 1 / y;
    double square = inverse * inverse;
    return sum
        + 0.5 * Math.log(y)
        + inverse * (-1.0 / 8 + square * (1.0 / 192 + square * (-1.0 / 640 + square * 17 / 14336)));
  }
}
