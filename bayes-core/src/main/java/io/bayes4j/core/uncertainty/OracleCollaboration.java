package io.bayes4j.core.uncertainty;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;

/**
 * How good a model and experts are together, who decide the examples that it is least sure of and
 * are always right.
 *
 * <p>Experts get at most floor(share n) examples. Where examples of equal uncertainty do not all
 * fit into what is left, none of them is handed over, so that the result does not depend on their
 * order; Kivlichan et al.'s metric takes uncertainty from a histogram instead. Three numbers of
 * each example are kept, 24 bytes. Not safe for use by several threads: give each its own and merge
 * them.
 *
 * <p>Kivlichan, Lin, Liu, Vasserman, "Measuring and Improving Model-Moderator Collaboration using
 * Uncertainty Estimation", 2021.
 */
public final class OracleCollaboration {
  private final ScoredExamples examples = new ScoredExamples(3);

  /** A collaboration without examples. */
  public OracleCollaboration() {}

  /**
   * Adds examples of two classes; those of a call that is refused are not added.
   *
   * @param probabilities of class 1, in [0, 1]
   * @param uncertainty one number per example, higher is less sure
   * @param labels 0 or 1 for each example
   * @return this
   * @throws IllegalArgumentException if there are no examples, if lengths differ, if an uncertainty
   *     is NaN, or a probability or label out of range
   */
  @CanIgnoreReturnValue
  public OracleCollaboration add(double[] probabilities, double[] uncertainty, int[] labels) {
    Tensors.checkScores(uncertainty, "uncertainty");
    Require.argument(
        probabilities != null && probabilities.length == uncertainty.length,
        "probabilities must be one per example (%d), got %s",
        uncertainty.length,
        probabilities == null ? "null" : probabilities.length);
    Tensors.checkLabels(labels, uncertainty.length, 2);
    for (int i = 0; i < probabilities.length; i++) {
      Require.probability(probabilities[i], "probabilities[" + i + "]");
    }
    for (int i = 0; i < labels.length; i++) {
      examples.add(uncertainty[i], probabilities[i], labels[i]);
    }
    return this;
  }

  /**
   * Adds all that another collaboration has seen.
   *
   * @return this
   */
  @CanIgnoreReturnValue
  public OracleCollaboration merge(OracleCollaboration other) {
    Require.nonNull(other, "other");
    examples.add(other.examples);
    return this;
  }

  /** Number of examples so far. */
  public int count() {
    return examples.count();
  }

  /**
   * The area under the ROC curve once experts have given their share of the examples a probability
   * of 0 or 1.
   *
   * @param share of the examples that experts can decide, in [0, 1]
   * @throws IllegalArgumentException if the share is out of range
   * @throws IllegalStateException if there are not examples of both classes
   */
  public double auroc(double share) {
    boolean[] decided = decided(share);
    long positive = Arrays.stream(examples.column(2)).filter(label -> label == 1).count();
    Require.state(
        positive > 0 && positive < count(),
        "an ROC curve needs examples of both classes, got %d of class 1 among %d",
        positive,
        count());
    double[] yes = new double[(int) positive];
    double[] no = new double[count() - yes.length];
    int ofYes = 0;
    for (int i = 0; i < count(); i++) {
      double label = examples.get(i, 2);
      double probability = decided[i] ? label : examples.get(i, 1);
      if (label == 1) {
        yes[ofYes++] = probability;
      } else {
        no[i - ofYes] = probability;
      }
    }
    return OutOfDistribution.auroc(no, yes);
  }

  /**
   * The accuracy of both together, the model answering class 1 above a probability of 0.5.
   *
   * @param share of the examples that experts can decide, in [0, 1]
   * @throws IllegalArgumentException if the share is out of range
   * @throws IllegalStateException if there are no examples
   */
  public double accuracy(double share) {
    boolean[] decided = decided(share);
    int right = 0;
    for (int i = 0; i < decided.length; i++) {
      boolean yes = examples.get(i, 1) > 0.5;
      right += decided[i] || yes == (examples.get(i, 2) == 1) ? 1 : 0;
    }
    return right / (double) decided.length;
  }

  /** Whether experts decide each example. */
  private boolean[] decided(double share) {
    Require.probability(share, "share");
    Require.state(count() > 0, "a measure needs at least one example, got none");
    int capacity = Referral.capacity(share, count());
    return Referral.mostUncertain(examples.column(0), capacity);
  }
}
