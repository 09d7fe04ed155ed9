package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.loss.Losses;

/** What a network's output says of a target, and how sharply the likelihood bends around it. */
public final class Likelihood {
  private final Loss loss;
  private final Bend bend;

  private final Kind kind;

  /** What the outputs stand for. */
  enum Kind {
    CLASSES,
    LABELS,
    NUMBERS
  }

  /** Second derivatives of the negative log-likelihood by two of an example's outputs. */
  @FunctionalInterface
  private interface Bend {
    /**
     * Those of all pairs.
     *
     * @param outputs of one example
     * @param at where to write its [K, K] derivatives
     */
    void write(double[] outputs, double[][] at);
  }

  private Likelihood(Loss loss, Bend bend, Kind kind) {
    this.loss = loss;
    this.bend = bend;
    this.kind = kind;
  }

  /** Classes, whose probabilities are the softmax of the outputs: {@link Losses#crossEntropy}. */
  public static Likelihood classes() {
    return new Likelihood(Losses.crossEntropy(), Likelihood::softmaxBend, Kind.CLASSES);
  }

  /**
   * One yes-or-no question, or several independent ones, whose probabilities are the sigmoids of
   * the outputs: {@link Losses#binaryCrossEntropy}. Predict with {@code classifyBinary} or {@code
   * classifyLabels}.
   */
  public static Likelihood labels() {
    return new Likelihood(Losses.binaryCrossEntropy(), Likelihood::sigmoidBend, Kind.LABELS);
  }

  /**
   * Numbers with the outputs as means and known Gaussian noise: {@link Losses#gaussianNll(double)}.
   *
   * @param sigma standard deviation of the noise
   * @throws IllegalArgumentException if it is not finite and above zero
   */
  public static Likelihood gaussian(double sigma) {
    Require.positive(sigma, "sigma");
    double precision = 1 / (sigma * sigma);
    return new Likelihood(
        Losses.gaussianNll(sigma),
        (outputs, at) -> {
          for (int k = 0; k < outputs.length; k++) {
            at[k][k] = precision;
          }
        },
        Kind.NUMBERS);
  }

  Loss loss() {
    return loss;
  }

  Kind kind() {
    return kind;
  }

  /** The [K, K] derivatives of an example with these outputs, which are the Fisher matrix too. */
  double[][] bend(double[] outputs) {
    double[][] derivatives = new double[outputs.length][outputs.length];
    bend.write(outputs, derivatives);
    return derivatives;
  }

  /** diag(p (1 - p)). */
  private static void sigmoidBend(double[] logits, double[][] at) {
    for (int k = 0; k < logits.length; k++) {
      double e = Math.exp(-Math.abs(logits[k]));
      at[k][k] = e / ((1 + e) * (1 + e));
    }
  }

  /** diag(p) - p p'. */
  private static void softmaxBend(double[] logits, double[][] at) {
    double max = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    double[] p = new double[logits.length];
    for (int k = 0; k < p.length; k++) {
      p[k] = Math.exp(logits[k] - max);
      sum += p[k];
    }
    for (int k = 0; k < p.length; k++) {
      for (int l = 0; l < p.length; l++) {
        at[k][l] = (k == l ? p[k] / sum : 0) - p[k] / sum * (p[l] / sum);
      }
    }
  }
}
