package io.bayes4j.report;

import io.bayes4j.core.uncertainty.RefusalCriterion;
import io.bayes4j.core.uncertainty.RefusalRule;
import java.util.Locale;

/**
 * When the model answers, and who chose that.
 *
 * @param rule the rule
 * @param words how its limit was chosen, as a sentence
 */
record RuleChoice(RefusalRule rule, String words) {
  private static final double USUAL_COVERAGE = 0.9;

  /** What a report shows where nobody gave a rule. */
  static RuleChoice usual(Judged judged, String noun) {
    return new RuleChoice(
        RefusalRule.calibrateForCoverage(
            RefusalCriterion.PREDICTIVE_ENTROPY_BELOW, judged.rows(), USUAL_COVERAGE),
        String.format(
            Locale.US,
            "No rule was given. This limit answers %.0f\u202f%% of these very %s; for use, fix one"
                + " on others that were kept aside.",
            100 * USUAL_COVERAGE,
            noun));
  }

  static boolean isByEntropy(RefusalRule rule) {
    return rule.criterion() == RefusalCriterion.PREDICTIVE_ENTROPY_BELOW;
  }
}
