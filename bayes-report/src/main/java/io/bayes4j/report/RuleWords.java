package io.bayes4j.report;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.uncertainty.RefusalRule;
import java.util.Locale;

/** A refusal rule in a reader's words. */
public final class RuleWords {
  private RuleWords() {}

  /** When it answers, as a sentence. */
  public static String of(RefusalRule rule) {
    Require.nonNull(rule, "rule");
    String condition =
        switch (rule.criterion()) {
          case MEDIAN_ABOVE ->
              "one class has a probability above %.3f in at least half of the networks drawn";
          case MEAN_ABOVE ->
              "one class has a probability, averaged over the networks drawn, above %.3f";
          case PREDICTIVE_ENTROPY_BELOW -> "the entropy of the answer is below %.3f nats";
          case MUTUAL_INFORMATION_BELOW ->
              "the networks drawn agree: their mutual information is below %.3f nats";
        };
    return String.format(Locale.US, "It answers only if " + condition + ".", rule.threshold());
  }
}
