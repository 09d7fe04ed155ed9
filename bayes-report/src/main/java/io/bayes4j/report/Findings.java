package io.bayes4j.report;

import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.RefusalReport;
import io.bayes4j.core.uncertainty.RefusalRule;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a classifier made of examples, with all that the sections of a report ask about it.
 *
 * @param judged the predictions
 * @param labels the true classes, or null if nobody told
 * @param rule when it answers
 * @param decisions the rule's answers
 * @param pictures of the examples, or null
 * @param foreign other data sets
 * @param others other predictors of the same examples
 * @param noun what the examples are called
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and not leaving this package.
record Findings(
    Judged judged,
    int @Nullable [] labels,
    RefusalRule rule,
    int[] decisions,
    @Nullable Pictures pictures,
    List<ForeignSet> foreign,
    List<Judged> others,
    String noun) {
  boolean hasLabels() {
    return labels != null;
  }

  /** The true classes; only with labels. */
  int[] known() {
    return Objects.requireNonNull(labels);
  }

  boolean isRight(int example) {
    return judged.answer(example) == known()[example];
  }

  boolean rightIfKnown(int example) {
    return labels == null || isRight(example);
  }

  boolean isRefused(int example) {
    return decisions[example] == RefusalRule.REFUSED;
  }

  boolean answeredWrong(int example) {
    return !isRefused(example) && decisions[example] != known()[example];
  }

  double coverage() {
    return 1 - Judged.refusedShare(decisions);
  }

  /** Only with labels. */
  RefusalReport refusal() {
    return RefusalReport.of(decisions, known());
  }

  /** Only with labels. */
  ClassificationScores scores() {
    return Calibration.scores(judged.mean(), known());
  }
}
