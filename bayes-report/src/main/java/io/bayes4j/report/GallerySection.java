package io.bayes4j.report;

import io.bayes4j.report.GalleryItem.ClassProbability;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Pictures with the model's answer and its probabilities, as cards. */
final class GallerySection {
  /** Geometry of the drawing of the probabilities, in its own units; CSS scales it. */
  private static final int ROW_HEIGHT = 9;

  private static final int BAR_HEIGHT = 6;
  private static final int WIDTH = 100;

  /** Width of a bold letter. */
  private static final int LETTER_TENTHS = 45;

  private static final int MOST_LETTERS = 11;

  /** Intervals that end below this would be a tick at the edge, and clutter. */
  private static final double SMALLEST_DRAWN = 0.01;

  private GallerySection() {}

  /** Returns the cards, or a sentence if there is none. */
  static String of(List<GalleryItem> items) {
    Html html = new Html();
    if (items.isEmpty()) {
      return html.element("p", "There is none to show.", "class", "absent").toString();
    }
    html.open("ul", "class", "gallery");
    items.forEach(item -> card(html, item));
    return html.close().toString();
  }

  private static void card(Html html, GalleryItem item) {
    html.open("li", "class", item.isWrong() ? "specimen wrong" : "specimen");
    html.empty(
        "img",
        "src",
        "data:image/png;base64," + item.png(),
        "width",
        String.valueOf(item.width()),
        "height",
        String.valueOf(item.height()),
        "alt",
        "Picture of " + item.truth().or(item::alone).orElse("unknown content"));
    html.element("p", answer(item), "class", "answer");
    html.element("p", truth(item), "class", "truth");
    probabilities(html, item);
    html.open("p", "class", "measures");
    html.element("span", "uncertainty " + Numbers.twoDecimals(item.entropy()));
    html.element("span", "disagreement " + Numbers.twoDecimals(item.mutualInformation())).close();
    html.close();
  }

  private static String answer(GalleryItem item) {
    return item.answer()
        .map(answer -> answer.name() + " (" + Numbers.share(answer.median()) + ")")
        .orElse("“I don’t know”");
  }

  private static String truth(GalleryItem item) {
    return item.truth()
        .map(truth -> (item.isWrong() ? "✗ wrong: it is " : "it is ") + truth)
        .or(item::alone)
        .orElse("nobody told what it is");
  }

  private static void probabilities(Html html, GalleryItem item) {
    html.open(
        "svg",
        "viewBox",
        "0 0 " + WIDTH + " " + ROW_HEIGHT * item.classes().size(),
        "role",
        "img",
        "aria-label",
        spoken(item.classes()));
    int start = 4 + LETTER_TENTHS * letters(item.classes()) / 10;
    for (int row = 0; row < item.classes().size(); row++) {
      ClassProbability probability = item.classes().get(row);
      boolean isTruth = item.truth().filter(probability.name()::equals).isPresent();
      row(html, row, start, probability, isTruth);
    }
    html.close();
  }

  private static int letters(List<ClassProbability> classes) {
    return classes.stream().mapToInt(c -> shortened(c.name()).length()).max().orElse(0);
  }

  private static String shortened(String name) {
    return name.length() <= MOST_LETTERS ? name : name.substring(0, MOST_LETTERS - 1) + "…";
  }

  private static void row(
      Html html, int row, int start, ClassProbability probability, boolean isTruth) {
    String top = String.valueOf(row * ROW_HEIGHT);
    String bottom = String.valueOf(row * ROW_HEIGHT + BAR_HEIGHT);
    html.element(
        "text",
        shortened(probability.name()),
        "x",
        "0",
        "y",
        bottom,
        "class",
        isTruth ? "actual" : "other");
    bar(html, "track", start, top, 1);
    bar(html, "bar", start, top, probability.median());
    if (probability.upper() >= SMALLEST_DRAWN) {
      whisker(html, row, start, probability);
    }
  }

  private static void whisker(Html html, int row, int start, ClassProbability probability) {
    String middle = String.valueOf(row * ROW_HEIGHT + BAR_HEIGHT / 2);
    String end = String.valueOf(row * ROW_HEIGHT + 1);
    String lower = decimal(start + length(start, probability.lower()));
    String upper = decimal(start + length(start, probability.upper()));
    String path = String.format(Locale.US, "M%s %sH%s", lower, middle, upper);
    String caps = String.format(Locale.US, "M%s %sv4M%s %sv4", lower, end, upper, end);
    html.empty("path", "d", path + caps, "class", "whisker");
  }

  private static void bar(Html html, String kind, int start, String top, double share) {
    html.empty(
        "rect",
        "class",
        kind,
        "x",
        String.valueOf(start),
        "y",
        top,
        "width",
        decimal(length(start, share)),
        "height",
        String.valueOf(BAR_HEIGHT));
  }

  private static double length(int start, double share) {
    return (WIDTH - start) * share;
  }

  private static String decimal(double number) {
    return String.format(Locale.US, "%.1f", number);
  }

  private static String spoken(List<ClassProbability> classes) {
    return classes.stream()
        .map(probability -> probability.name() + ": " + spoken(probability))
        .collect(Collectors.joining("; ", "Probabilities. ", "."));
  }

  private static String spoken(ClassProbability probability) {
    return String.format(
        Locale.US,
        "%s, between %s and %s",
        Numbers.share(probability.median()),
        Numbers.share(probability.lower()),
        Numbers.share(probability.upper()));
  }
}
