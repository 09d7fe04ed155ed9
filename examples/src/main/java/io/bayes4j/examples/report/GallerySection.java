package io.bayes4j.examples.report;

import io.bayes4j.examples.report.GalleryItem.ClassProbability;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Images with the reader's answer and its probabilities, as cards. */
final class GallerySection {
  /** Geometry of the drawing of the probabilities, in its own units; CSS scales it. */
  private static final int ROW_HEIGHT = 9;

  private static final int BAR_HEIGHT = 6;
  private static final int BAR_START = 8;
  private static final int BAR_LENGTH = 92;

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
    html.open("li", "class", isWrong(item) ? "specimen wrong" : "specimen");
    html.empty(
        "img",
        "src",
        "data:image/png;base64," + item.image().base64(),
        "width",
        String.valueOf(item.image().width()),
        "height",
        String.valueOf(item.image().height()),
        "alt",
        item.truth().map(truth -> "Image of " + truth).orElse("Image of unknown content"));
    html.element("p", answer(item), "class", "answer");
    html.element("p", truth(item), "class", "truth");
    probabilities(html, item);
    html.open("p", "class", "measures");
    html.element("span", "uncertainty " + Numbers.twoDecimals(item.entropy()));
    html.element("span", "disagreement " + Numbers.twoDecimals(item.mutualInformation())).close();
    html.close();
  }

  private static boolean isWrong(GalleryItem item) {
    return item.answer().isPresent()
        && item.truth().isPresent()
        && !item.truth().get().equals(String.valueOf(item.answer().getAsInt()));
  }

  private static String answer(GalleryItem item) {
    if (item.answer().isEmpty()) {
      return "“I don’t know”";
    }
    int answer = item.answer().getAsInt();
    return answer + " (" + Numbers.share(item.classes().get(answer).median()) + ")";
  }

  private static String truth(GalleryItem item) {
    return item.truth()
        .map(truth -> (isWrong(item) ? "✗ wrong: it is " : "it is ") + truth)
        .orElse("nobody knows what it is");
  }

  private static void probabilities(Html html, GalleryItem item) {
    html.open(
        "svg",
        "viewBox",
        "0 0 " + (BAR_START + BAR_LENGTH) + " " + ROW_HEIGHT * item.classes().size(),
        "role",
        "img",
        "aria-label",
        spoken(item.classes()));
    for (int digit = 0; digit < item.classes().size(); digit++) {
      boolean isTruth = item.truth().filter(String.valueOf(digit)::equals).isPresent();
      row(html, digit, item.classes().get(digit), isTruth);
    }
    html.close();
  }

  private static void row(Html html, int digit, ClassProbability probability, boolean isTruth) {
    String top = String.valueOf(digit * ROW_HEIGHT);
    String bottom = String.valueOf(digit * ROW_HEIGHT + BAR_HEIGHT);
    html.element(
        "text",
        String.valueOf(digit),
        "x",
        "0",
        "y",
        bottom,
        "class",
        isTruth ? "actual" : "other");
    bar(html, "track", top, 1);
    bar(html, "bar", top, probability.median());
    if (probability.upper() >= SMALLEST_DRAWN) {
      whisker(html, digit, probability);
    }
  }

  private static void whisker(Html html, int digit, ClassProbability probability) {
    String middle = String.valueOf(digit * ROW_HEIGHT + BAR_HEIGHT / 2);
    String end = String.valueOf(digit * ROW_HEIGHT + 1);
    String lower = along(probability.lower());
    String upper = along(probability.upper());
    String path = String.format(Locale.US, "M%s %sH%s", lower, middle, upper);
    String caps = String.format(Locale.US, "M%s %sv4M%s %sv4", lower, end, upper, end);
    html.empty("path", "d", path + caps, "class", "whisker");
  }

  private static void bar(Html html, String kind, String top, double share) {
    html.empty(
        "rect",
        "class",
        kind,
        "x",
        String.valueOf(BAR_START),
        "y",
        top,
        "width",
        String.format(Locale.US, "%.1f", BAR_LENGTH * share),
        "height",
        String.valueOf(BAR_HEIGHT));
  }

  private static String along(double share) {
    return String.format(Locale.US, "%.1f", BAR_START + BAR_LENGTH * share);
  }

  private static String spoken(List<ClassProbability> classes) {
    return IntStream.range(0, classes.size())
        .mapToObj(digit -> digit + ": " + spoken(classes.get(digit)))
        .collect(Collectors.joining("; ", "Probability of each digit. ", "."));
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
