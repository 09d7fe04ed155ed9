package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Statistics of class probabilities drawn from a posterior, and the split of their uncertainty.
 *
 * <p>Every function takes float32 probabilities of shape {@code [samples, batch, classes]} whose
 * rows sum to 1 within 1e-3, leaves them unchanged and returns a new float32 array. Entropies are
 * in nats. The total uncertainty of an example splits into what the data leave open and what the
 * model does not know:
 *
 * <pre>
 *   H(E[p])           =  E[H(p)]          +  I
 *   predictiveEntropy =  expectedEntropy  +  mutualInformation
 * </pre>
 *
 * <p>Every function throws {@link IllegalArgumentException} if the array is not float32 of rank 3,
 * has an empty axis, holds a value that is NaN or negative, or has a row that does not sum to 1;
 * the message says where.
 *
 * <p>Houlsby, Huszár, Ghahramani, Lengyel, "Bayesian Active Learning for Classification and
 * Preference Learning", 2011; Gal, "Uncertainty in Deep Learning", 2016, section 3.3.
 */
public final class Uncertainty {
  private Uncertainty() {}

  /** The mean over samples, [batch, classes]: the predictive distribution. */
  public static INDArray mean(INDArray probabilities) {
    Draws draws = Draws.probabilities(probabilities);
    return draws.table(draws.mean());
  }

  /** The population variance over samples (divided by their number), [batch, classes]. */
  public static INDArray variance(INDArray probabilities) {
    Draws draws = Draws.probabilities(probabilities);
    return draws.table(draws.variance());
  }

  /** The entropy of the mean probabilities, [batch]: the total uncertainty, in nats. */
  public static INDArray predictiveEntropy(INDArray probabilities) {
    Draws draws = Draws.probabilities(probabilities);
    return draws.vector(draws.predictiveEntropies());
  }

  /** The mean entropy of the samples, [batch]: the aleatoric uncertainty, in nats. */
  public static INDArray expectedEntropy(INDArray probabilities) {
    Draws draws = Draws.probabilities(probabilities);
    return draws.vector(draws.split().expected());
  }

  /**
   * The mutual information of class and weights, [batch]: the epistemic uncertainty, in nats, also
   * known as BALD. It is predictive minus expected entropy, and never below zero: rounding that
   * would take it there is cut off.
   */
  public static INDArray mutualInformation(INDArray probabilities) {
    Draws draws = Draws.probabilities(probabilities);
    return draws.vector(draws.split().information());
  }

  /** Mean and all entropies at once, in a fraction of the time that one after the other takes. */
  public static UncertaintySplit split(INDArray probabilities) {
    Draws draws = Draws.probabilities(probabilities);
    return split(draws, draws.split());
  }

  static UncertaintySplit split(Draws draws, Draws.Split split) {
    return new UncertaintySplit(
        draws.table(split.mean()),
        draws.vector(split.predictive()),
        draws.vector(split.expected()),
        draws.vector(split.information()));
  }

  /**
   * The share of samples whose most probable class is not the one most samples vote for, [batch].
   * Within a sample, the lowest class of equally probable ones gets the vote.
   */
  public static INDArray variationRatio(INDArray probabilities) {
    Draws draws = Draws.probabilities(probabilities);
    int[] votes = draws.votes();
    double[] ratio = new double[draws.batch()];
    for (int example = 0; example < ratio.length; example++) {
      int from = example * draws.width();
      int most = Arrays.stream(votes, from, from + draws.width()).max().orElseThrow();
      ratio[example] = (draws.count() - most) / (double) draws.count();
    }
    return draws.vector(ratio);
  }

  /**
   * The quantile over samples of each class probability, [batch, classes], linear between
   * neighbouring order statistics: 0 gives the least sample, 1 the greatest.
   *
   * @throws IllegalArgumentException also if {@code q} is not in [0, 1]
   */
  public static INDArray quantile(INDArray probabilities, double q) {
    Require.probability(q, "q");
    Draws draws = Draws.probabilities(probabilities);
    return draws.table(draws.quantiles(q)[0]);
  }

  /**
   * Several quantiles at once, [quantiles, batch, classes], in little more time than one takes.
   *
   * @param q one or more, in any order
   * @throws IllegalArgumentException also if there is none, or one is not in [0, 1]
   */
  public static INDArray quantiles(INDArray probabilities, double... q) {
    Require.argument(q != null && q.length > 0, "q must not be empty");
    for (double share : q) {
      Require.probability(share, "q");
    }
    Draws draws = Draws.probabilities(probabilities);
    double[] all = Arrays.stream(draws.quantiles(q)).flatMapToDouble(Arrays::stream).toArray();
    return Tensors.array(all, q.length, draws.batch(), draws.width());
  }

  /** The median over samples of each class probability, [batch, classes]. */
  public static INDArray median(INDArray probabilities) {
    return quantile(probabilities, 0.5);
  }

  /**
   * The central credible interval of each class probability: from the quantile at {@code (1 -
   * level) / 2} to the one at {@code (1 + level) / 2}.
   *
   * @throws IllegalArgumentException also if {@code level} is not in [0, 1]
   */
  public static CredibleInterval interval(INDArray probabilities, double level) {
    Require.probability(level, "level");
    Draws draws = Draws.probabilities(probabilities);
    double[][] ends = draws.quantiles((1 - level) / 2, (1 + level) / 2);
    return new CredibleInterval(draws.table(ends[0]), draws.table(ends[1]));
  }

  static double entropyTerm(double probability) {
    return probability > 0 ? -probability * Math.log(probability) : 0;
  }
}
