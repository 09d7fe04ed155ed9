package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
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
    Samples samples = Samples.probabilities(probabilities);
    return samples.table(samples.mean());
  }

  /** The population variance over samples (divided by their number), [batch, classes]. */
  public static INDArray variance(INDArray probabilities) {
    Samples samples = Samples.probabilities(probabilities);
    return samples.table(samples.variance());
  }

  /** The entropy of the mean probabilities, [batch]: the total uncertainty, in nats. */
  public static INDArray predictiveEntropy(INDArray probabilities) {
    Samples samples = Samples.probabilities(probabilities);
    return samples.vector(predictiveEntropies(samples));
  }

  /** The mean entropy of the samples, [batch]: the aleatoric uncertainty, in nats. */
  public static INDArray expectedEntropy(INDArray probabilities) {
    Samples samples = Samples.probabilities(probabilities);
    return samples.vector(expectedEntropies(samples));
  }

  /**
   * The mutual information of class and weights, [batch]: the epistemic uncertainty, in nats, also
   * known as BALD. It is predictive minus expected entropy, and never below zero: rounding that
   * would take it there is cut off.
   */
  public static INDArray mutualInformation(INDArray probabilities) {
    Samples samples = Samples.probabilities(probabilities);
    return samples.vector(mutualInformations(samples));
  }

  /** Mean and all entropies at once, in a fraction of the time that one after the other takes. */
  public static UncertaintySplit split(INDArray probabilities) {
    Samples samples = Samples.probabilities(probabilities);
    double[] mean = samples.mean();
    double[] predictive = predictiveEntropies(samples, mean);
    double[] expected = expectedEntropies(samples);
    return new UncertaintySplit(
        samples.table(mean),
        samples.vector(predictive),
        samples.vector(expected),
        samples.vector(differences(predictive, expected)));
  }

  /**
   * The share of samples whose most probable class is not the one most samples vote for, [batch].
   * Within a sample, the lowest class of equally probable ones gets the vote.
   */
  public static INDArray variationRatio(INDArray probabilities) {
    Samples samples = Samples.probabilities(probabilities);
    double[] ratio = new double[samples.batch()];
    for (int example = 0; example < ratio.length; example++) {
      int[] votes = new int[samples.width()];
      int most = 0;
      for (int sample = 0; sample < samples.count(); sample++) {
        most = Math.max(most, ++votes[samples.argMax(sample, example)]);
      }
      ratio[example] = (samples.count() - most) / (double) samples.count();
    }
    return samples.vector(ratio);
  }

  /**
   * The quantile over samples of each class probability, [batch, classes], linear between
   * neighbouring order statistics: 0 gives the least sample, 1 the greatest.
   *
   * @throws IllegalArgumentException also if {@code q} is not in [0, 1]
   */
  public static INDArray quantile(INDArray probabilities, double q) {
    Require.probability(q, "q");
    Samples samples = Samples.probabilities(probabilities);
    return samples.table(samples.quantiles(q)[0]);
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
    Samples samples = Samples.probabilities(probabilities);
    double[][] ends = samples.quantiles((1 - level) / 2, (1 + level) / 2);
    return new CredibleInterval(samples.table(ends[0]), samples.table(ends[1]));
  }

  /** The entropy of the mean probabilities of each example, in nats. */
  static double[] predictiveEntropies(Samples samples) {
    return predictiveEntropies(samples, samples.mean());
  }

  private static double[] predictiveEntropies(Samples samples, double... mean) {
    double[] entropy = new double[samples.batch()];
    for (int i = 0; i < mean.length; i++) {
      entropy[i / samples.width()] += entropyTerm(mean[i]);
    }
    return entropy;
  }

  /** The mutual information of class and weights for each example, in nats. */
  static double[] mutualInformations(Samples samples) {
    return differences(predictiveEntropies(samples), expectedEntropies(samples));
  }

  private static double[] differences(double[] predictive, double... expected) {
    double[] information = new double[predictive.length];
    for (int i = 0; i < information.length; i++) {
      information[i] = Math.max(0, predictive[i] - expected[i]);
    }
    return information;
  }

  static double[] expectedEntropies(Samples samples) {
    double[] entropy = new double[samples.batch()];
    Parallel.forRange(
        entropy.length,
        Math.max(1, Tensors.CHUNK / (samples.count() * samples.width())),
        (from, to) -> {
          for (int sample = 0; sample < samples.count(); sample++) {
            samples.addEntropies(sample, (int) from, (int) to, entropy);
          }
        });
    for (int example = 0; example < entropy.length; example++) {
      entropy[example] /= samples.count();
    }
    return entropy;
  }

  static double entropyTerm(double probability) {
    return probability > 0 ? -probability * Math.log(probability) : 0;
  }
}
