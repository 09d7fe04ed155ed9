package io.bayes4j.report;

import io.bayes4j.core.internal.Require;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with holes such as <code>{{title}}</code>, each filled once from a map. */
final class Template {
  private static final Pattern HOLE = Pattern.compile("\\{\\{(\\w+)}}");

  private Template() {}

  /**
   * Fills the holes; a value is taken as it is, even where it looks like a hole.
   *
   * @throws IllegalStateException if the names of the holes and of the values differ
   */
  static String fill(String template, Map<String, String> values) {
    Set<String> unused = new HashSet<>(values.keySet());
    String filled =
        HOLE.matcher(template)
            .replaceAll(
                hole -> {
                  String name = hole.group(1);
                  Require.state(values.containsKey(name), "no value for {{%s}}", name);
                  unused.remove(name);
                  return Matcher.quoteReplacement(values.get(name));
                });
    Require.state(unused.isEmpty(), "the template has no hole for %s", unused);
    return filled;
  }
}
