package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import java.util.Arrays;
import java.util.Comparator;

/**
 * How ill a class conforms to the probabilities of an example: what conformal classification sets a
 * limit to.
 *
 * <p>Give it mean probabilities, never shares of votes among draws: 30 votes are too coarse, and
 * the sets cover far more than asked.
 */
public final class ConformalScore {
  private static final ConformalScore LAC = new ConformalScore(Kind.LAC, 0, 0, 0);

  private enum Kind {
    LAC,
    ADAPTIVE
  }

  private final Kind kind;
  private final double penalty;
  private final int freeRanks;
  private final long seed;

  private ConformalScore(Kind kind, double penalty, int freeRanks, long seed) {
    this.kind = kind;
    this.penalty = penalty;
    this.freeRanks = freeRanks;
    this.seed = seed;
  }

  /**
   * One minus the probability of the class: the smallest sets on average; hard examples may get an
   * empty one (Sadinle, Lei, Wasserman, "Least Ambiguous Set-Valued Classifiers with Bounded Error
   * Levels", 2019).
   */
  public static ConformalScore lac() {
    return LAC;
  }

  /**
   * The probability of all more probable classes, and a random share of the class's own: sets that
   * grow with the difficulty of the example (Romano, Sesia, Candès, "Classification with Valid and
   * Adaptive Coverage", 2020). Without the random share they would cover far too much.
   *
   * <p>The share is drawn from the seed and the example's own probabilities, so that the same
   * question gets the same set wherever in a batch it stands.
   */
  public static ConformalScore aps(long seed) {
    return new ConformalScore(Kind.ADAPTIVE, 0, 0, seed);
  }

  /**
   * As {@link #aps}, with a penalty for each rank beyond some, which keeps sets of many classes
   * small (Angelopoulos, Bates, Malik, Jordan, "Uncertainty Sets for Image Classifiers using
   * Conformal Prediction", 2021).
   *
   * @param penalty added for each rank beyond the free ones, such as 0.01
   * @param freeRanks how many of the most probable classes bear none, such as 5
   * @throws IllegalArgumentException if the penalty is negative or not finite, or freeRanks
   *     negative
   */
  public static ConformalScore raps(double penalty, int freeRanks, long seed) {
    Require.notNegative(penalty, "penalty");
    Require.argument(freeRanks >= 0, "freeRanks must be >= 0, got %d", freeRanks);
    return new ConformalScore(Kind.ADAPTIVE, penalty, freeRanks, seed);
  }

  /** Scores of all classes of one example. */
  double[] of(float[] probabilities) {
    if (kind == Kind.ADAPTIVE) {
      return of(probabilities, share(probabilities));
    }
    double[] scores = new double[probabilities.length];
    for (int k = 0; k < scores.length; k++) {
      scores[k] = 1 - (double) probabilities[k];
    }
    return scores;
  }

  /** Adaptive scores, with the share of a class's own probability that counts. */
  double[] of(float[] probabilities, double share) {
    double[] scores = new double[probabilities.length];
    double before = 0;
    int rank = 0;
    for (int k : byProbability(probabilities)) {
      rank++;
      scores[k] = before + share * probabilities[k] + penalty * Math.max(0, rank - freeRanks);
      before += probabilities[k];
    }
    return scores;
  }

  /** Classes by falling probability, the lower one first of equals. */
  private static int[] byProbability(float[] probabilities) {
    Integer[] order = new Integer[probabilities.length];
    Arrays.setAll(order, k -> k);
    Arrays.sort(order, Comparator.comparingDouble((Integer k) -> -probabilities[k]));
    return Arrays.stream(order).mapToInt(k -> k).toArray();
  }

  private double share(float[] probabilities) {
    Noise noise = Noise.seeded(seed).split("conformal");
    for (float probability : probabilities) {
      noise = noise.split(Float.floatToIntBits(probability));
    }
    float[] one = new float[1];
    noise.uniforms(one, 0, 1, 0);
    return one[0];
  }

  @Override
  public String toString() {
    if (kind == Kind.LAC) {
      return "LAC";
    }
    return penalty == 0 ? "APS" : "RAPS(" + penalty + " beyond rank " + freeRanks + ")";
  }
}
