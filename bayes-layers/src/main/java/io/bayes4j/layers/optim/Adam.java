package io.bayes4j.layers.optim;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Require;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Adam (Kingma and Ba 2015), with bias correction; with weight decay it is AdamW (Loshchilov and
 * Hutter 2019), whose decay is not mixed into the moments.
 */
public final class Adam extends Optimizer {
  /**
   * Added to the moments: without it they decay into denormal numbers, on which a processor is 10
   * to 25 times as slow and which Java cannot switch off. Far below anything that changes an
   * update.
   */
  private static final float ABOVE_DENORMAL = 1e-30f;

  private static final String SECOND = "second_moment";

  private final float beta1;
  private final float beta2;
  private final float epsilon;
  private final double weightDecay;

  /** Adam with its usual numbers: 0.9, 0.999, 1e-8, no weight decay. */
  public Adam(Map<String, Parameter> parameters) {
    this(parameters, 0);
  }

  /**
   * AdamW: Adam and decoupled weight decay.
   *
   * @param weightDecay share of a parameter that a step of learning rate 1 takes away
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Adam(Map<String, Parameter> parameters, double weightDecay) {
    this(parameters, 0.9, 0.999, 1e-8, weightDecay);
  }

  /**
   * Adam with other numbers.
   *
   * @throws IllegalArgumentException if a beta is not in [0, 1), or epsilon or the decay is
   *     negative or not finite
   */
  public Adam(
      Map<String, Parameter> parameters,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay) {
    super(parameters, List.of("first_moment", SECOND));
    Require.argument(
        beta1 >= 0 && (float) beta1 < 1, "beta1 must be in [0, 1) as a float, got %s", beta1);
    Require.argument(
        beta2 >= 0 && (float) beta2 < 1, "beta2 must be in [0, 1) as a float, got %s", beta2);
    Require.argument(
        (float) epsilon > 0 && Float.isFinite((float) epsilon),
        "epsilon must be finite and > 0 as a float, got %s",
        epsilon);
    Require.argument(
        weightDecay >= 0 && Double.isFinite(weightDecay),
        "weightDecay must be finite and >= 0, got %s",
        weightDecay);
    this.beta1 = (float) beta1;
    this.beta2 = (float) beta2;
    this.epsilon = (float) epsilon;
    this.weightDecay = weightDecay;
  }

  @Override
  void update(float[] p, float[] g, float[][] m, int n, double rate, long step) {
    float keep = (float) (1 - rate * weightDecay);
    float size = (float) (rate / (1 - Math.pow(beta1, (double) step)));
    float correction = (float) (1 / (1 - Math.pow(beta2, (double) step)));
    average(m[0], g, beta1, n);
    averageOfSquares(m[1], g, beta2, n);
    move(p, m[0], m[1], keep, size, correction, n);
  }

  @Override
  double[] momentsAfter(double[] before, double parameter, double gradient) {
    return new double[] {
      Math.max(before[0], gradient) + ABOVE_DENORMAL,
      Math.max(before[1], gradient * gradient) + ABOVE_DENORMAL
    };
  }

  /**
   * The first moment is at most the root of the second times that of sum a_i^2 / b_i, by Cauchy and
   * Schwarz, where a_i and b_i are the weights of the i-th gradient in the corrected moments.
   */
  @Override
  double parameterAfter(double[] moments, double parameter, double rate, long step) {
    double t = step;
    double ratio = (double) beta1 * beta1 / beta2;
    double powers = ratio == 1 ? t : (1 - Math.pow(ratio, t)) / (1 - ratio);
    double first = (1 - beta1) / (1 - Math.pow(beta1, t));
    double second = (1 - beta2) / (1 - Math.pow(beta2, t));
    double most = Math.sqrt(first * first / second * powers);
    // With beta2 = 0 or one far below beta1 the bound says nothing, and the arrays are looked at.
    double size = Double.isNaN(most) ? Double.POSITIVE_INFINITY : most;
    return Math.abs(1 - rate * weightDecay) * parameter + rate * size;
  }

  @Override
  boolean isOfSquares(String name) {
    return name.endsWith("." + SECOND);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.US,
        "Adam(beta1 %s, beta2 %s, epsilon %s, weightDecay %s)",
        beta1,
        beta2,
        epsilon,
        weightDecay);
  }

  // Three short loops, because C2 does not vectorise the long one.

  private static void average(float[] m, float[] g, float beta, int n) {
    for (int i = 0; i < n; i++) {
      m[i] = beta * m[i] + (1 - beta) * g[i] + ABOVE_DENORMAL;
    }
  }

  private static void averageOfSquares(float[] v, float[] g, float beta, int n) {
    for (int i = 0; i < n; i++) {
      v[i] = beta * v[i] + (1 - beta) * g[i] * g[i] + ABOVE_DENORMAL;
    }
  }

  private void move(
      float[] p, float[] m, float[] v, float keep, float size, float correction, int n) {
    float least = epsilon;
    for (int i = 0; i < n; i++) {
      p[i] = keep * p[i] - size * m[i] / ((float) Math.sqrt(v[i] * correction) + least);
    }
  }
}
