package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;

/**
 * How often a model answered, and how often its answers were right.
 *
 * @param coverage the share of examples that were answered
 * @param accuracy the share of the answers that were right; NaN if there was none
 * @param answered the number of answers
 * @param refused the number of refusals
 */
public record RefusalReport(double coverage, double accuracy, int answered, int refused) {

  /**
   * Compares decisions with labels.
   *
   * @param decisions a class or {@link RefusalRule#REFUSED} for each example
   * @param labels the class of each example
   * @throws IllegalArgumentException if there are no examples, if the lengths differ, or if a
   *     decision is neither a class nor a refusal
   */
  public static RefusalReport of(int[] decisions, int[] labels) {
    Require.nonNull(decisions, "decisions");
    Require.nonNull(labels, "labels");
    Require.argument(decisions.length > 0, "decisions must not be empty");
    Require.argument(
        labels.length == decisions.length,
        "labels must be one per decision (%d), got %d",
        decisions.length,
        labels.length);
    int answered = 0;
    int right = 0;
    for (int i = 0; i < decisions.length; i++) {
      Require.argument(
          decisions[i] >= RefusalRule.REFUSED,
          "decisions[%d] must be a class or -1, got %d",
          i,
          decisions[i]);
      Require.argument(labels[i] >= 0, "labels[%d] must be >= 0, got %d", i, labels[i]);
      answered += decisions[i] == RefusalRule.REFUSED ? 0 : 1;
      right += decisions[i] == labels[i] ? 1 : 0;
    }
    return new RefusalReport(
        answered / (double) decisions.length,
        right / (double) answered,
        answered,
        decisions.length - answered);
  }
}
