package io.bayes4j.spark;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What becomes of a row whose input is null, of another length, or not finite. */
public enum BadRows {
  /** The job fails with a message that names the column and what is wrong. */
  ERROR,
  /** The row stays, with null in all new columns but that which says what is wrong. */
  KEEP,
  /** The row is left out. */
  SKIP;

  /** The name as a parameter has it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> words() {
    return Arrays.stream(values()).map(BadRows::word).toList();
  }

  static BadRows of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
