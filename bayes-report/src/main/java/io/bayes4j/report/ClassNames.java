package io.bayes4j.report;

import java.util.List;

/** What the classes are called: their numbers, unless somebody named them. */
final class ClassNames {
  private final List<String> names;

  ClassNames(List<String> names) {
    this.names = List.copyOf(names);
  }

  String of(int number) {
    return names.isEmpty() ? Integer.toString(number) : names.get(number);
  }
}
