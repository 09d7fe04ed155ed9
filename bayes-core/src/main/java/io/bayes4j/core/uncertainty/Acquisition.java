package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import java.util.Arrays;
import java.util.Comparator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which unlabelled examples to have labelled next: scores, higher for those that a label teaches
 * more, and choices of a batch.
 *
 * <p>All functions take float32 class probabilities [samples, batch, classes] of the unlabelled
 * examples whose rows sum to 1 within 1e-3, and throw {@link IllegalArgumentException} if they are
 * not such. The usual loop trains, takes {@code Acquisition.greatest(Acquisition.bald(draws), 20)},
 * has these labelled, moves them to the training data and trains again.
 *
 * <p>Gal, Islam, Ghahramani, "Deep Bayesian Active Learning with Image Data", 2017; Settles,
 * "Active Learning Literature Survey", 2009.
 */
public final class Acquisition {
  private Acquisition() {}

  /**
   * Mutual information of label and weights, in nats: what draws disagree about, and a label would
   * decide (Houlsby et al. 2011).
   */
  public static double[] bald(INDArray probabilities) {
    return Draws.probabilities(probabilities).split().information();
  }

  /** Entropy of the mean probabilities, in nats: what is uncertain for whatever reason. */
  public static double[] entropy(INDArray probabilities) {
    return Draws.probabilities(probabilities).predictiveEntropies();
  }

  /** One minus the mean probability of the most probable class, 0 to 1. */
  public static double[] leastConfidence(INDArray probabilities) {
    return scores(Draws.probabilities(probabilities), row -> 1 - row[row.length - 1]);
  }

  /**
   * One minus the distance of the two greatest mean probabilities, 0 to 1; 0 if there is one class.
   */
  public static double[] margin(INDArray probabilities) {
    return scores(
        Draws.probabilities(probabilities),
        row -> 1 - row[row.length - 1] + (row.length == 1 ? 0 : row[row.length - 2]));
  }

  /** The population variance over draws, summed over classes. */
  public static double[] variance(INDArray probabilities) {
    Draws draws = Draws.probabilities(probabilities);
    double[] variance = draws.variance();
    double[] scores = new double[draws.batch()];
    for (int i = 0; i < variance.length; i++) {
      scores[i / draws.width()] += variance[i];
    }
    return scores;
  }

  /** A number of a row of mean probabilities in rising order. */
  @FunctionalInterface
  private interface OfSorted {
    double of(double... row);
  }

  private static double[] scores(Draws draws, OfSorted score) {
    double[] mean = draws.mean();
    double[] scores = new double[draws.batch()];
    for (int i = 0; i < scores.length; i++) {
      double[] row = Arrays.copyOfRange(mean, i * draws.width(), (i + 1) * draws.width());
      Arrays.sort(row);
      scores[i] = score.of(row);
    }
    return scores;
  }

  /**
   * The examples of the greatest scores, best first, the lower number first of equals. Examples
   * that are alike all score high together: see {@link #batchBald}.
   *
   * @param scores one number per example
   * @param count how many to choose, 0 to all
   * @throws IllegalArgumentException if a score is NaN or the count out of range
   */
  public static int[] greatest(double[] scores, int count) {
    Tensors.checkScores(scores, "scores");
    requireCount(count, scores.length);
    Integer[] order = new Integer[scores.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -scores[i]));
    return Arrays.stream(order).limit(count).mapToInt(i -> i).toArray();
  }

  /**
   * A batch whose labels <em>together</em> share the most information with the weights, chosen one
   * by one: of examples that teach the same it takes one (Kirsch, van Amersfoort, Gal, "BatchBALD",
   * 2019).
   *
   * <p>The joint distribution of the labels chosen so far is exact while it has at most so many
   * configurations, and beyond that estimated from so many drawn ones. Time and memory grow as
   * examples times configurations times classes times draws.
   *
   * @param count how many to choose, 0 to all
   * @param configurations such as 10,000
   * @param noise draws configurations
   * @return the examples in the order in which they were chosen
   * @throws IllegalArgumentException also if the count is out of range, or configurations below 1
   */
  public static int[] batchBald(
      INDArray probabilities, int count, int configurations, Noise noise) {
    Samples samples = Samples.probabilities(probabilities);
    requireCount(count, samples.batch());
    Require.positive((long) configurations, "configurations");
    Require.nonNull(noise, "noise");
    JointLabels joint = new JointLabels(samples, configurations, noise);
    double[] expected = Draws.probabilities(probabilities).split().expected();
    int[] chosen = new int[count];
    boolean[] taken = new boolean[samples.batch()];
    for (int step = 0; step < count; step++) {
      int best = -1;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < taken.length; i++) {
        // The entropies of those already chosen, and their expectations, are the same for all.
        double gain = taken[i] ? Double.NEGATIVE_INFINITY : joint.entropyWith(i) - expected[i];
        if (gain > most) {
          best = i;
          most = gain;
        }
      }
      chosen[step] = best;
      taken[best] = true;
      joint.add(best);
    }
    return chosen;
  }

  private static void requireCount(int count, int all) {
    Require.argument(count >= 0 && count <= all, "count must be in [0, %d], got %d", all, count);
  }
}
