package io.bayes4j.convert;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers.Located;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Names layers, by path or by type. */
final class LayerSelector {
  /** Paths that an error lists. */
  private static final int LISTED = 8;

  /** Null for a type, which the compiler has checked. */
  private final @Nullable String pathPattern;

  private final Predicate<Located> test;

  private LayerSelector(@Nullable String pathPattern, Predicate<Located> test) {
    this.pathPattern = pathPattern;
    this.test = test;
  }

  static LayerSelector of(String pathPattern) {
    Pattern pattern = compile(Require.nonNull(pathPattern, "pathPattern"));
    return new LayerSelector(pathPattern, place -> pattern.matcher(place.path()).matches());
  }

  private static Pattern compile(String pathPattern) {
    try {
      return Pattern.compile(pathPattern);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "pathPattern must be a regular expression, got \"" + pathPattern + "\"", e);
    }
  }

  static LayerSelector of(Class<? extends Layer> type) {
    Require.nonNull(type, "type");
    return new LayerSelector(null, place -> type.isInstance(place.layer()));
  }

  boolean matches(Located place) {
    return test.test(place);
  }

  /**
   * Checks that a path names one of the layers: else it is a slip of the pen, and what it was meant
   * for would be left out without a word.
   */
  void requireMatch(List<Located> layers) {
    Require.argument(
        pathPattern == null || layers.stream().anyMatch(this::matches),
        "path pattern \"%s\" matches no layer with weights; there are %s",
        pathPattern,
        layers.stream()
                .limit(LISTED)
                .map(place -> "\"" + place.path() + "\"")
                .collect(Collectors.joining(", "))
            + (layers.size() > LISTED ? " and " + (layers.size() - LISTED) + " more" : ""));
  }
}
