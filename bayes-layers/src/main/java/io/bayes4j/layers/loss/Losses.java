package io.bayes4j.layers.loss;

import io.bayes4j.core.autograd.Activations;
import io.bayes4j.core.autograd.Ops;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The usual losses. */
public final class Losses {
  /** Keeps a predicted variance away from zero, where its likelihood has no bound. */
  private static final double LEAST_VARIANCE = 1e-6;

  private Losses() {}

  /** Cross entropy of [N, K] logits and N class numbers, in nats. */
  public static Loss crossEntropy() {
    return CrossEntropy.INSTANCE;
  }

  /** Squared error of [N, ...] outputs and targets, averaged over all elements. */
  public static Loss meanSquaredError() {
    return (output, targets) -> {
      requireSameShape(output, targets);
      return Ops.mean(Ops.square(Ops.sub(output, Var.constant(targets))));
    };
  }

  /**
   * Negative log-likelihood of targets [N, D] under Gaussians with the output [N, D] as mean and
   * one known standard deviation; summed over D, averaged over N.
   *
   * @param sigma standard deviation of the observation noise, in the targets' unit
   * @throws IllegalArgumentException if sigma is not finite and above zero
   */
  public static Loss gaussianNll(double sigma) {
    Require.positive(sigma, "sigma");
    double constant = Math.log(sigma) + 0.5 * Math.log(2 * Math.PI);
    return (output, targets) -> {
      requireSameShape(output, targets);
      double perExample = (double) output.value().length() / output.size(0);
      Var squares = Ops.mean(Ops.square(Ops.sub(output, Var.constant(targets))));
      return Ops.shift(Ops.scale(squares, perExample / (2 * sigma * sigma)), perExample * constant);
    };
  }

  /**
   * Negative log-likelihood of targets [N, D] under Gaussians whose mean and spread are both
   * predicted: of an output [N, 2 D] the first half is the mean, and the variance is softplus of
   * the second half (Nix and Weigend 1994; Lakshminarayanan et al. 2017). Summed over D, averaged
   * over N.
   */
  public static Loss gaussianNll() {
    return Losses::heteroscedastic;
  }

  private static Var heteroscedastic(Var output, INDArray targets) {
    requireMeansAndSpreads(output, targets);
    long outputs = targets.size(1);
    Var mean = Ops.slice(output, 1, 0, outputs);
    Var variance = variance(Ops.slice(output, 1, outputs, 2 * outputs));
    Var error = Ops.square(Ops.sub(mean, Var.constant(targets)));
    Var terms = Ops.add(Ops.log(variance), Ops.div(error, variance));
    return Ops.shift(
        Ops.scale(Ops.mean(terms), 0.5 * outputs), 0.5 * outputs * Math.log(2 * Math.PI));
  }

  /** The variance that {@link #gaussianNll()} reads from the second half of an output. */
  public static Var variance(Var raw) {
    return Ops.shift(Activations.softplus(raw), LEAST_VARIANCE);
  }

  static void requireMeansAndSpreads(Var output, INDArray targets) {
    Require.argument(
        output.rank() == 2
            && targets.rank() == 2
            && output.size(0) == targets.size(0)
            && output.size(1) == 2 * targets.size(1),
        "output must be [N, 2 D] for targets [N, D], got %s and %s",
        Arrays.toString(output.shape()),
        Arrays.toString(targets.shape()));
  }

  private static void requireSameShape(Var output, INDArray targets) {
    Require.argument(
        Arrays.equals(output.shape(), targets.shape()),
        "targets must have the output's shape %s, got %s",
        Arrays.toString(output.shape()),
        Arrays.toString(targets.shape()));
  }
}
