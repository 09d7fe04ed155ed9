package io.bayes4j.layers.optim;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Require;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum: v = momentum v + g + decay p, p = p - rate v, as in
 * PyTorch.
 */
public final class Sgd extends Optimizer {
  private final float momentum;
  private final float weightDecay;

  /**
   * Gradient descent.
   *
   * @param momentum share of the last step that is kept, in [0, 1)
   * @param weightDecay factor of the parameter that is added to its gradient
   * @throws IllegalArgumentException if a number is out of range
   */
  public Sgd(Map<String, Parameter> parameters, double momentum, double weightDecay) {
    super(parameters, List.of("velocity"));
    Require.argument(
        momentum >= 0 && (float) momentum < 1,
        "momentum must be in [0, 1) as a float, got %s",
        momentum);
    Require.argument(
        weightDecay >= 0 && Float.isFinite((float) weightDecay),
        "weightDecay must be finite and >= 0 as a float, got %s",
        weightDecay);
    this.momentum = (float) momentum;
    this.weightDecay = (float) weightDecay;
  }

  @Override
  void update(float[] p, float[] g, float[][] m, int n, double rate, long step) {
    float[] v = m[0];
    float size = (float) rate;
    for (int i = 0; i < n; i++) {
      v[i] = momentum * v[i] + (g[i] + weightDecay * p[i]);
      p[i] -= size * v[i];
    }
  }

  @Override
  double[] momentsAfter(double[] before, double parameter, double gradient) {
    return new double[] {momentum * before[0] + gradient + weightDecay * parameter};
  }

  @Override
  double parameterAfter(double[] moments, double parameter, double rate, long step) {
    return parameter + rate * moments[0];
  }

  @Override
  public String toString() {
    return String.format(Locale.US, "Sgd(momentum %s, weightDecay %s)", momentum, weightDecay);
  }
}
