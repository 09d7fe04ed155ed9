package io.bayes4j.layers.optim;

import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.internal.Require;
import java.util.List;
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
    super(parameters, List.of("first_moment", "second_moment"));
    Require.argument(beta1 >= 0 && beta1 < 1, "beta1 must be in [0, 1), got %s", beta1);
    Require.argument(beta2 >= 0 && beta2 < 1, "beta2 must be in [0, 1), got %s", beta2);
    Require.positive(epsilon, "epsilon");
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
