package io.bayes4j.report;

import io.bayes4j.core.internal.Quantiles;
import io.bayes4j.core.internal.Require;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * Box plots in groups, such as of a measure under fifteen corruptions, a box for each model, in a
 * group for each severity: quartiles as the box, the median as a line, all numbers within the
 * whiskers.
 */
public final class BoxPlots {
  private static final String[] COLOURS = {
    "#0072b2", "#c04f00", "#00805f", "#7a4fb3", "#7b8594", "#b8860b", "#c2185b", "#4d7c0f",
    "#00838f", "#5d4037", "#9e9d24", "#37474f"
  };

  private static final int WIDTH = 960;
  private static final int LEFT = 56;
  private static final int TOP = 14;
  private static final int HEIGHT = 300;
  private static final int LEGEND_ROW = 20;

  /** Height of the line of the boxes' numbers. */
  private static final int NUMBERS = 10;

  private static final int LEGEND_COLUMN = 230;

  /** Names side by side in the legend. */
  private static final int IN_ROW = (WIDTH - LEFT) / LEGEND_COLUMN;

  /** Steps of the vertical axis at most, before its ends are rounded. */
  private static final int TICKS = 5;

  private final String measure;
  private final Map<String, Map<String, double[]>> groups;
  private final List<String> names;

  private BoxPlots(String measure, Map<String, Map<String, double[]>> groups, List<String> names) {
    this.measure = measure;
    this.groups = groups;
    this.names = names;
  }

  /**
   * Box plots of numbers.
   *
   * @param measure name of the vertical axis
   * @param groups from left to right, in each its boxes by name; a name has one colour in all
   * @throws IllegalArgumentException if there is no group, a group has no box, a name is blank, or
   *     a box has no number or one that is not finite
   */
  public static BoxPlots of(String measure, Map<String, Map<String, double[]>> groups) {
    Require.text(measure, "measure");
    Require.argument(
        !Require.entries(groups, "groups").isEmpty(), "groups must not be empty, got %s", groups);
    Map<String, Map<String, double[]>> copies = new LinkedHashMap<>();
    Set<String> names = new LinkedHashSet<>();
    groups.forEach(
        (group, boxes) -> {
          Require.text(group, "groups");
          Require.argument(
              !Require.entries(boxes, "boxes").isEmpty(), "group %s must hold a box", group);
          Map<String, double[]> sorted = new LinkedHashMap<>();
          boxes.forEach((name, numbers) -> sorted.put(name, sorted(group, name, numbers)));
          copies.put(group, sorted);
          names.addAll(boxes.keySet());
        });
    return new BoxPlots(measure, copies, List.copyOf(names));
  }

  private static double[] sorted(String group, String name, double[] numbers) {
    Require.text(name, "groups");
    Require.argument(numbers.length > 0, "box %s of group %s must hold a number", name, group);
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    for (double number : sorted) {
      Require.argument(
          Double.isFinite(number),
          "box %s of group %s must be finite, got %s",
          name,
          group,
          number);
    }
    return sorted;
  }

  /**
   * The number below which a share of some lie, between two of them by their distance, as the boxes
   * have it and NumPy's percentile.
   *
   * @param share in [0, 1]
   * @param numbers in any order, one or more
   * @throws IllegalArgumentException if the share is out of range, or there is no number or one
   *     that is not finite
   */
  public static double quantile(double share, double... numbers) {
    Require.probability(share, "share");
    Require.argument(numbers != null && numbers.length > 0, "numbers must not be empty");
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    for (double number : sorted) {
      Require.argument(Double.isFinite(number), "numbers must be finite, got %s", number);
    }
    return ofSorted(share, sorted);
  }

  private static double ofSorted(double share, double... sorted) {
    return Quantiles.of(share, sorted.length, rank -> sorted[rank]);
  }

  /** The picture as SVG within a page, whose colour of text it takes. */
  public String svg() {
    return picture("", "width", "100%", "fill", "currentColor");
  }

  /** The picture as an SVG file of its own, dark on white whatever is around it. */
  public String svgFile() {
    String width = Integer.toString(WIDTH);
    String height = Integer.toString(height());
    Html paper = new Html().empty("rect", "width", width, "height", height, "fill", "#ffffff");
    return picture(paper.toString(), "width", width, "height", height, "fill", "#1f2328") + "\n";
  }

  private int height() {
    int rows = (names.size() + IN_ROW - 1) / IN_ROW;
    return legendTop() + rows * LEGEND_ROW + LEGEND_ROW;
  }

  /** Where the names begin, below the groups' and, if there are several, the boxes' numbers. */
  private int legendTop() {
    return TOP + HEIGHT + 2 * LEGEND_ROW + (isNumbered() ? NUMBERS : 0);
  }

  /** Whether boxes bear numbers, by which they are told apart without their colours. */
  private boolean isNumbered() {
    return names.size() > 1;
  }

  private String picture(String under, String... attributes) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "xmlns",
                "http://www.w3.org/2000/svg",
                "viewBox",
                "0 0 " + WIDTH + " " + height(),
                "font-family",
                "sans-serif",
                "font-size",
                "12",
                "role",
                "img",
                "aria-label",
                "box plots of " + measure));
    all.addAll(List.of(attributes));
    Html html = new Html().open("svg", all.toArray(String[]::new)).raw(under);
    Range range = range();
    axis(html, range);
    int number = 0;
    for (Map.Entry<String, Map<String, double[]>> group : groups.entrySet()) {
      double width = (double) (WIDTH - LEFT) / groups.size();
      double from = LEFT + number++ * width;
      double below = legendTop() - LEGEND_ROW;
      text(html, from + width / 2, below, "middle", group.getKey());
      boxes(html, group.getValue(), from + 0.06 * width, 0.88 * width / names.size(), range);
    }
    legend(html);
    return html.close().toString();
  }

  /** The vertical axis, which holds zero, from one round number to another. */
  private record Range(double step, long first, long last) {
    static Range of(double least, double most) {
      double step = round((most - least) / TICKS);
      return new Range(step, (long) Math.floor(least / step), (long) Math.ceil(most / step));
    }

    /** The least of 1, 2, 2.5 and 5 times a power of ten that is not below a number. */
    private static double round(double number) {
      double power = Math.pow(10, Math.floor(Math.log10(number)));
      return DoubleStream.of(1, 2, 2.5, 5, 10)
          .map(factor -> factor * power)
          .filter(step -> step >= number)
          .findFirst()
          .orElse(10 * power);
    }

    double y(double value) {
      return TOP + HEIGHT * (last - value / step) / (last - first);
    }
  }

  private Range range() {
    double least = 0;
    double most = 0;
    for (Map<String, double[]> boxes : groups.values()) {
      for (double[] sorted : boxes.values()) {
        least = Math.min(least, sorted[0]);
        most = Math.max(most, sorted[sorted.length - 1]);
      }
    }
    return Range.of(least, most > least ? most : 1);
  }

  private void axis(Html html, Range range) {
    for (long tick = range.first; tick <= range.last; tick++) {
      double value = tick * range.step;
      line(html, LEFT, range.y(value), WIDTH, range.y(value), "#9994", 1);
      text(html, LEFT - 6, range.y(value) + 4, "end", rounded(value));
    }
    html.open(
            "text",
            "transform",
            "translate(12 " + (TOP + HEIGHT / 2) + ") rotate(-90)",
            "text-anchor",
            "middle")
        .text(measure)
        .close();
  }

  /** A number of the axis, without the error of its last digits. */
  private static String rounded(double value) {
    BigDecimal number = BigDecimal.valueOf(value).round(MathContext.DECIMAL32).stripTrailingZeros();
    boolean plain = value == 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e7);
    return plain ? number.toPlainString() : number.toString();
  }

  private void boxes(
      Html html, Map<String, double[]> boxes, double from, double width, Range range) {
    boxes.forEach(
        (name, sorted) -> {
          int number = names.indexOf(name);
          String colour = colour(number);
          double left = from + number * width;
          double middle = left + width / 2;
          double low = range.y(ofSorted(0.25, sorted));
          double high = range.y(ofSorted(0.75, sorted));
          line(
              html,
              middle,
              range.y(sorted[0]),
              middle,
              range.y(sorted[sorted.length - 1]),
              colour,
              1);
          html.empty(
              "rect",
              "x",
              place(left + 0.1 * width),
              "y",
              place(high),
              "width",
              place(0.8 * width),
              "height",
              place(Math.max(1, low - high)),
              "fill",
              colour,
              "fill-opacity",
              "0.45",
              "stroke",
              colour);
          double median = range.y(ofSorted(0.5, sorted));
          line(html, left + 0.1 * width, median, left + 0.9 * width, median, colour, 2.5);
          if (isNumbered()) {
            small(html, middle, TOP + HEIGHT + 12, Integer.toString(number + 1));
          }
        });
  }

  private void legend(Html html) {
    for (int i = 0; i < names.size(); i++) {
      double x = LEFT + (double) (i % IN_ROW) * LEGEND_COLUMN;
      int row = i / IN_ROW;
      double y = legendTop() + LEGEND_ROW * (0.5 + row);
      html.empty(
          "rect",
          "x",
          place(x),
          "y",
          place(y - 10),
          "width",
          "12",
          "height",
          "12",
          "fill",
          colour(i));
      text(html, x + 18, y, "start", isNumbered() ? i + 1 + " " + names.get(i) : names.get(i));
    }
  }

  private static String colour(int number) {
    return COLOURS[number % COLOURS.length];
  }

  private static void text(Html html, double x, double y, String anchor, String words) {
    html.element("text", words, "x", place(x), "y", place(y), "text-anchor", anchor);
  }

  private static void small(Html html, double x, double y, String words) {
    html.element(
        "text", words, "x", place(x), "y", place(y), "text-anchor", "middle", "font-size", "10");
  }

  private static void line(
      Html html, double x1, double y1, double x2, double y2, String colour, double width) {
    html.empty(
        "line",
        "x1",
        place(x1),
        "y1",
        place(y1),
        "x2",
        place(x2),
        "y2",
        place(y2),
        "stroke",
        colour,
        "stroke-width",
        place(width));
  }

  private static String place(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  /** Quartiles of every box, for people who read numbers. */
  String table() {
    List<List<String>> rows = new ArrayList<>();
    groups.forEach(
        (group, boxes) ->
            boxes.forEach(
                (name, sorted) ->
                    rows.add(
                        List.of(
                            group,
                            name,
                            Numbers.significant(ofSorted(0.25, sorted)),
                            Numbers.significant(ofSorted(0.5, sorted)),
                            Numbers.significant(ofSorted(0.75, sorted)),
                            Numbers.significant(sorted[sorted.length - 1])))));
    return Tables.table(
        List.of("", "", "lower quartile", "median", "upper quartile", "greatest"), rows);
  }
}
