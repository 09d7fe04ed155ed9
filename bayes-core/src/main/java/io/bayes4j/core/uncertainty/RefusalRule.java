package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * When a classifier answers, and when it says "I don't know".
 *
 * <p>All functions take float32 class probabilities of shape {@code [samples, batch, classes]}
 * whose rows sum to 1 within 1e-3, and throw {@link IllegalArgumentException} if they are not such.
 *
 * @param criterion what to look at
 * @param threshold the value that the criterion must pass strictly, in [0, 1] for probabilities, at
 *     least 0 for entropies in nats
 */
public record RefusalRule(RefusalCriterion criterion, double threshold) {
  /** The decision not to answer. */
  public static final int REFUSED = -1;

  /**
   * A rule.
   *
   * @throws IllegalArgumentException if the criterion does not allow the threshold
   */
  public RefusalRule {
    Require.nonNull(criterion, "criterion");
    criterion.requireThreshold(threshold);
  }

  /**
   * Answers with a class whose median probability over samples is above a threshold; if there are
   * several, with the greatest.
   *
   * @throws IllegalArgumentException if {@code threshold} is not in [0, 1]
   */
  public static RefusalRule medianAbove(double threshold) {
    return new RefusalRule(RefusalCriterion.MEDIAN_ABOVE, threshold);
  }

  /**
   * Answers with a class whose mean probability over samples is above a threshold; if there are
   * several, with the greatest.
   *
   * @throws IllegalArgumentException if {@code threshold} is not in [0, 1]
   */
  public static RefusalRule meanAbove(double threshold) {
    return new RefusalRule(RefusalCriterion.MEAN_ABOVE, threshold);
  }

  /**
   * Answers with the class of the greatest mean probability if the predictive entropy is below a
   * threshold.
   *
   * @throws IllegalArgumentException if {@code nats} is negative or not finite
   */
  public static RefusalRule predictiveEntropyBelow(double nats) {
    return new RefusalRule(RefusalCriterion.PREDICTIVE_ENTROPY_BELOW, nats);
  }

  /**
   * Answers with the class of the greatest mean probability if the mutual information of class and
   * weights is below a threshold.
   *
   * @throws IllegalArgumentException if {@code nats} is negative or not finite
   */
  public static RefusalRule mutualInformationBelow(double nats) {
    return new RefusalRule(RefusalCriterion.MUTUAL_INFORMATION_BELOW, nats);
  }

  /**
   * The rule that answers as many validation examples as it can with at least the given accuracy.
   *
   * <p>Its threshold is the strictest one that still answers them.
   *
   * @param labels the class of each example
   * @throws IllegalArgumentException also if the accuracy is not in [0, 1], if no threshold reaches
   *     it (the message gives the best), or if the labels are not one per example and in [0,
   *     classes)
   */
  public static RefusalRule calibrateForAccuracy(
      RefusalCriterion criterion, INDArray probabilities, int[] labels, double accuracy) {
    Require.nonNull(criterion, "criterion");
    Require.probability(accuracy, "accuracy");
    Draws draws = Draws.probabilities(probabilities);
    Tensors.checkLabels(labels, draws.batch(), draws.width());
    RefusalCriterion.Candidates candidates = criterion.candidates(draws);
    boolean[] correct = new boolean[labels.length];
    for (int i = 0; i < labels.length; i++) {
      correct[i] = candidates.classes[i] == labels[i];
    }
    double best = 0;
    double chosen = Double.NaN;
    for (RiskCoverageCurve.Point point :
        SelectivePrediction.riskCoverage(candidates.uncertainty, correct).points()) {
      double threshold = admitting(criterion, point.uncertainty());
      if (criterion.allows(threshold)) {
        best = Math.max(best, point.accuracy());
        chosen = point.accuracy() >= accuracy ? threshold : chosen;
      }
    }
    Require.argument(
        !Double.isNaN(chosen),
        "accuracy must be one that %s reaches, at most %s, got %s",
        criterion,
        best,
        accuracy);
    return new RefusalRule(criterion, chosen);
  }

  /**
   * The strictest rule that answers at least the given share of validation examples.
   *
   * @throws IllegalArgumentException also if the coverage is not above 0 and at most 1, or if no
   *     threshold reaches it, because too many examples have a median of 0 for every class
   */
  public static RefusalRule calibrateForCoverage(
      RefusalCriterion criterion, INDArray probabilities, double coverage) {
    Require.nonNull(criterion, "criterion");
    Require.openIfGiven(probabilities, "probabilities");
    Require.argument(coverage > 0 && coverage <= 1, "coverage must be in (0, 1], got %s", coverage);
    double[] uncertainty = criterion.candidates(Draws.probabilities(probabilities)).uncertainty;
    Arrays.sort(uncertainty);
    int answered = 1;
    while (answered / (double) uncertainty.length < coverage) {
      answered++;
    }
    double threshold = admitting(criterion, uncertainty[answered - 1]);
    Require.argument(
        criterion.allows(threshold),
        "coverage must be one that %s reaches, got %s",
        criterion,
        coverage);
    return new RefusalRule(criterion, threshold);
  }

  /** The class of each example, or {@link #REFUSED}. */
  public int[] decide(INDArray probabilities) {
    Require.openIfGiven(probabilities, "probabilities");
    return decide(criterion.candidates(Draws.probabilities(probabilities)));
  }

  /** What draws say together, and the decisions by it. */
  public static final class Decided {
    private final UncertaintySplit split;
    private final int[] decisions;

    private Decided(UncertaintySplit split, int[] decisions) {
      this.split = split;
      this.decisions = decisions;
    }

    /** As {@link Uncertainty#split}. */
    public UncertaintySplit split() {
      return split;
    }

    /** As {@link #decide}; a copy. */
    public int[] decisions() {
      return decisions.clone();
    }
  }

  /**
   * {@link Uncertainty#split} and {@link #decide} in one pass over the draws, but for medians,
   * which need one of their own.
   */
  public Decided splitAndDecide(INDArray probabilities) {
    Require.openIfGiven(probabilities, "probabilities");
    Draws draws = Draws.probabilities(probabilities);
    Draws.Split split = draws.split();
    return new Decided(Uncertainty.split(draws, split), decide(criterion.candidates(draws, split)));
  }

  private int[] decide(RefusalCriterion.Candidates candidates) {
    int[] decisions = new int[candidates.classes.length];
    for (int i = 0; i < decisions.length; i++) {
      boolean answers = candidates.uncertainty[i] < criterion.bound(threshold);
      decisions[i] = answers ? candidates.classes[i] : REFUSED;
    }
    return decisions;
  }

  /**
   * How often the rule answers, and how often it is right.
   *
   * @throws IllegalArgumentException also if the labels are not one per example and in [0, classes)
   */
  public RefusalReport report(INDArray probabilities, int[] labels) {
    Require.openIfGiven(probabilities, "probabilities");
    int[] decisions = decide(probabilities);
    Tensors.checkLabels(labels, decisions.length, (int) probabilities.size(2));
    return RefusalReport.of(decisions, labels);
  }

  private static double admitting(RefusalCriterion criterion, double uncertainty) {
    return criterion.bound(Math.nextUp(uncertainty));
  }
}
