package io.bayes4j.layers.loss;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.Classification;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The usual losses. */
public final class Losses {
  /** Keeps a predicted variance away from zero, where its likelihood has no bound. */
  private static final double LEAST_VARIANCE = 1e-6;

  private Losses() {}

  /**
   * Cross entropy of logits [N, K] and N class numbers, in nats; or of [N, K, places...] and a
   * class number for each place, summed over the places. Class weights and a label to ignore are
   * options.
   */
  public static CrossEntropy crossEntropy() {
    return new CrossEntropy(null, Classification.NONE_IGNORED, SoftLabels.NONE);
  }

  /**
   * Cross entropy of logits and yes-or-no targets, in nats: one question [N, 1], or K independent
   * ones [N, K], summed over them. Weights of the positive targets are an option.
   */
  public static BinaryCrossEntropy binaryCrossEntropy() {
    return new BinaryCrossEntropy(null, 0);
  }

  /** Squared error of [N, ...] outputs and targets, averaged over all elements. */
  public static Loss meanSquaredError() {
    return new ElementLoss("MeanSquaredError", Losses::squares, 1, 0, false);
  }

  /**
   * Negative log-likelihood of targets [N, D] under Gaussians with the output [N, D] as mean and
   * one known standard deviation; summed over D, and over the places of [N, D, places...]; averaged
   * over N.
   *
   * @param sigma standard deviation of the observation noise, in the targets' unit
   * @throws IllegalArgumentException if sigma is not finite and above zero
   */
  public static Loss gaussianNll(double sigma) {
    Require.positiveAsFloat(sigma, "sigma");
    double constant = Math.log(sigma) + 0.5 * Math.log(2 * Math.PI);
    return new ElementLoss(
        "GaussianNll(sigma " + sigma + ")",
        Losses::squares,
        1 / (2 * sigma * sigma),
        constant,
        true);
  }

  private static Var squares(Var output, INDArray targets) {
    requireSameShape(output, targets);
    return Ops.square(Ops.sub(output, Var.constant(targets)));
  }

  /**
   * Negative log-likelihood of targets [N, D] under Gaussians whose mean and spread are both
   * predicted: of an output [N, 2 D] the first half is the mean, and the variance is softplus of
   * the second half (Nix and Weigend 1994; Lakshminarayanan et al. 2017). Summed over D, and over
   * the places of targets [N, D, places...] and outputs [N, 2 D, places...]; averaged over N.
   */
  public static Loss gaussianNll() {
    return new ElementLoss(
        "GaussianNll", Losses::heteroscedastic, 0.5, 0.5 * Math.log(2 * Math.PI), true);
  }

  private static Var heteroscedastic(Var output, INDArray targets) {
    requireMeansAndSpreads(output, targets);
    long outputs = targets.size(1);
    Var mean = Ops.slice(output, 1, 0, outputs);
    Var variance = variance(Ops.slice(output, 1, outputs, 2 * outputs));
    Var error = Ops.square(Ops.sub(mean, Var.constant(targets)));
    return Ops.add(Ops.log(variance), Ops.div(error, variance));
  }

  /**
   * {@link #gaussianNll()} with every term times its variance to the power beta, which has no
   * gradient: without it the network learns slowly where it is far off, since it says first that it
   * does not know (Seitzer et al. 2022, "On the Pitfalls of Heteroscedastic Uncertainty
   * Estimation"). As published it leaves log(2 pi) / 2 out. It is no likelihood but with beta = 0.
   *
   * @param beta 0 is the likelihood, 1 learns means as the squared error does, 0.5 is usual
   * @throws IllegalArgumentException if beta is not in [0, 1]
   */
  public static Loss betaNll(double beta) {
    Require.probability(beta, "beta");
    return new ElementLoss(
        "BetaNll(beta " + beta + ")",
        (output, targets) -> {
          requireMeansAndSpreads(output, targets);
          long d = targets.size(1);
          Var variance = variance(Ops.slice(output, 1, d, 2 * d));
          INDArray power =
              Elementwise.map(
                  variance.value(),
                  (v, out, n) -> {
                    for (int i = 0; i < n; i++) {
                      out[i] = (float) Math.pow(v[i], beta);
                    }
                  });
          return Ops.mul(heteroscedastic(output, targets), Var.constant(power));
        },
        0.5,
        0,
        true);
  }

  /**
   * Negative log-likelihood of targets [N, D] under Student's t distributions, whose heavy tails
   * make of an outlier no reason to change everything: of an output [N, 2 D] the first half is the
   * location, and {@link #variance} of the second half the square of the scale. Summed over D and
   * places, averaged over N.
   *
   * <p>The variance of such a distribution is degrees / (degrees - 2) times the square of its
   * scale, which {@code regress} takes for the variance.
   *
   * @param degrees of freedom; 4 is usual for data with outliers, a large number is a Gaussian
   * @throws IllegalArgumentException if degrees is not in [0.01, 1e6]
   */
  public static Loss studentT(double degrees) {
    return StudentT.loss(degrees);
  }

  /**
   * Pinball loss, which is least at quantiles: of an output [N, Q D] part q of D numbers is the
   * prediction of quantile q, for targets [N, D]; each costs q (y - x) above and (1 - q) (x - y)
   * below the target (Koenker and Bassett 1978). Summed over quantiles, D and places, averaged over
   * N.
   *
   * <p>Two quantiles are what {@code ConformalRegressor} turns into intervals with a guarantee. It
   * is no likelihood.
   *
   * @param quantiles each in (0, 1)
   * @throws IllegalArgumentException if there is none, or one is not in (0, 1)
   */
  public static Loss pinball(double... quantiles) {
    return Pinball.loss(quantiles);
  }

  /** The variance that {@link #gaussianNll()} reads from the second half of an output. */
  public static Var variance(Var raw) {
    Require.open(raw, "raw");
    return Ops.shift(Activations.softplus(raw), LEAST_VARIANCE);
  }

  /** What {@link #variance} makes a given variance of, which is far above the least one. */
  static double rawOfVariance(double variance) {
    double rest = variance - LEAST_VARIANCE;
    return rest + Math.log(-Math.expm1(-rest));
  }

  static void requireMeansAndSpreads(Var output, INDArray targets) {
    long[] expected = targets.shape().clone();
    if (expected.length >= 2) {
      expected[1] *= 2;
    }
    Require.argument(
        expected.length >= 2 && Arrays.equals(output.shape(), expected),
        "output must be [N, 2 D] for targets [N, D], places behind both alike, got %s and %s",
        Require.text(output.shape()),
        Require.text(targets.shape()));
  }

  /**
   * Checks what targets must be whatever the loss.
   *
   * @throws IllegalArgumentException if they are missing, closed or not float
   */
  static void requireFloats(INDArray targets) {
    Require.open(targets, "targets");
    Require.argument(
        targets.dataType() == DataType.FLOAT, "targets must be FLOAT, got %s", targets.dataType());
  }

  private static void requireSameShape(Var output, INDArray targets) {
    Require.open(output, "output");
    requireFloats(targets);
    Require.argument(
        Arrays.equals(output.shape(), targets.shape()),
        "targets must have the output's shape %s, got %s",
        Require.text(output.shape()),
        Require.text(targets.shape()));
  }
}
