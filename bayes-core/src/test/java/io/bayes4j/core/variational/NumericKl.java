package io.bayes4j.core.variational;

import java.util.function.DoubleUnaryOperator;

/** KL(N(mu, sigma^2) || p) by its definition: the integral of q (log q - log p). */
final class NumericKl {
  private static final double WIDTH = 12;
  private static final int STEPS = 40_000;

  private NumericKl() {}

  /** The integral over mu -+ 12 sigma by Simpson's rule. */
  static double of(double mu, double sigma, DoubleUnaryOperator logPrior) {
    double step = 2 * WIDTH / STEPS;
    double sum = 0;
    for (int i = 0; i <= STEPS; i++) {
      double z = -WIDTH + i * step;
      double logQ = logNormal(z) - Math.log(sigma);
      double term = Math.exp(logNormal(z)) * (logQ - logPrior.applyAsDouble(mu + sigma * z));
      sum += term * (i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2);
    }
    return sum * step / 3;
  }

  static double logNormal(double z) {
    return -0.5 * z * z - 0.5 * Math.log(2 * Math.PI);
  }

  static double softplus(double rho) {
    return Math.max(rho, 0) + Math.log1p(Math.exp(-Math.abs(rho)));
  }
}
