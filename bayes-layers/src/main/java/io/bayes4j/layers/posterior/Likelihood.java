package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.SoftmaxColumns;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.loss.Losses;
import java.util.Arrays;

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

  /** Second derivatives of the negative log-likelihood by the outputs of some examples. */
  @FunctionalInterface
  private interface Bend {
    /**
     * Those of all examples.
     *
     * @param outputs row by row
     * @param units how many there are in a row
     */
    Bends of(double[] outputs, int units);
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
    Require.positiveAsFloat(sigma, "sigma");
    double precision = 1 / (sigma * sigma);
    return new Likelihood(
        Losses.gaussianNll(sigma),
        (outputs, units) -> {
          double[] diagonal = new double[outputs.length];
          Arrays.fill(diagonal, precision);
          return new Bends(units, diagonal, null);
        },
        Kind.NUMBERS);
  }

  Loss loss() {
    return loss;
  }

  Kind kind() {
    return kind;
  }

  /** The derivatives for examples with these outputs, which are the Fisher matrices too. */
  Bends bends(double[] outputs, int units) {
    return bend.of(outputs, units);
  }

  /** diag(p (1 - p)). */
  private static Bends sigmoidBend(double[] logits, int units) {
    double[] diagonal = new double[logits.length];
    for (int k = 0; k < logits.length; k++) {
      double e = Math.exp(-Math.abs(logits[k]));
      diagonal[k] = e / ((1 + e) * (1 + e));
    }
    return new Bends(units, diagonal, null);
  }

  /** diag(p) - p p'. */
  private static Bends softmaxBend(double[] logits, int units) {
    double[] p = logits.clone();
    for (int from = 0; from < p.length; from += units) {
      SoftmaxColumns.shares(p, from, units);
    }
    return new Bends(units, p, p);
  }
}
