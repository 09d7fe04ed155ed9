package io.bayes4j.report;

import io.bayes4j.core.uncertainty.OutOfDistribution;
import io.bayes4j.core.uncertainty.RefusalRule;
import org.jspecify.annotations.Nullable;

/**
 * Another data set, shown to the same model.
 *
 * @param judged what the model made of it
 * @param decisions the rule's answers
 * @param pictures of its examples, or null
 * @param entropyAuroc chance that one of its examples has a higher entropy than one of the model's
 *     own
 * @param mutualInformationAuroc the same by mutual information
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and not leaving this package.
record ForeignSet(
    Judged judged,
    int[] decisions,
    @Nullable Pictures pictures,
    double entropyAuroc,
    double mutualInformationAuroc) {
  static ForeignSet of(Judged own, Judged judged, RefusalRule rule, @Nullable Pictures pictures) {
    return new ForeignSet(
        judged,
        judged.decisions(rule),
        pictures,
        OutOfDistribution.auroc(own.entropies(), judged.entropies()),
        OutOfDistribution.auroc(own.mutualInformations(), judged.mutualInformations()));
  }

  double refusedShare() {
    return Judged.refusedShare(decisions);
  }
}
