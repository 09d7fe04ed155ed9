package io.bayes4j.examples.mnist;

import io.bayes4j.core.uncertainty.RefusalRule;
import java.util.Locale;

/** A refusal rule in a reader's words. */
final class RuleWords {
  private RuleWords() {}

  /** When it answers, as a sentence. */
  static String of(RefusalRule rule) {
    String condition =
        switch (rule.criterion()) {
          case MEDIAN_ABOVE ->
              "one digit's probability is above %.3f in at least half of the networks drawn";
          case MEAN_ABOVE ->
              "one digit's probability, averaged over the networks drawn, is above %.3f";
          case PREDICTIVE_ENTROPY_BELOW -> "the entropy of the answer is below %.3f nats";
          case MUTUAL_INFORMATION_BELOW ->
              "the networks drawn agree: their mutual information is below %.3f nats";
        };
    return String.format(Locale.US, "It answers only if " + condition + ".", rule.threshold());
  }
}
