package io.bayes4j.spark;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a network's outputs mean. */
public enum Task {
  /** Logits of K classes, of which one is right. */
  CLASSIFICATION,
  /** One logit, of yes. */
  BINARY,
  /** Means, and spreads unless the noise is given, as of {@code Losses.gaussianNll}. */
  REGRESSION;

  /** The name as a parameter has it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Task::word).toList();
  }

  static Task of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
