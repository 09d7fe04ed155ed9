package io.bayes4j.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A chart that report.js draws, with its words.
 *
 * @param id its name in the page, lower-case letters and hyphens
 * @param heading what its data say, as a sentence
 * @param caption how to read it
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param series what it draws
 * @param tall whether it needs more height than others
 */
record Chart(
    String id, String heading, String caption, Axis x, Axis y, List<Series> series, boolean tall) {
  Chart {
    series = List.copyOf(series);
  }

  /** The chart as a figure: heading, canvas, caption and the table of its numbers. */
  String figure() {
    Html html = new Html().open("figure", "class", "card").element("h3", heading);
    html.open("div", "class", tall ? "chart tall" : "chart", "data-chart", "");
    html.element(
            "canvas",
            "",
            "id",
            id,
            "role",
            "img",
            "aria-label",
            y.title() + " against " + x.title() + "; the numbers are in the table below")
        .close();
    html.element("figcaption", caption);
    html.open("details").element("summary", "The numbers").raw(tables()).close();
    return html.close().toString();
  }

  /** One table for all series with the same places. */
  private String tables() {
    List<Series> left = new ArrayList<>(series);
    left.removeIf(one -> one.style().isGuide());
    StringBuilder tables = new StringBuilder();
    while (!left.isEmpty()) {
      double[] places = left.get(0).places();
      List<Series> alike = left.stream().filter(s -> Arrays.equals(places, s.places())).toList();
      tables.append(table(alike));
      left.removeAll(alike);
    }
    return tables.toString();
  }

  private String table(List<Series> alike) {
    List<String> headings = new ArrayList<>(List.of(x.title()));
    alike.forEach(one -> headings.add(one.label()));
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < alike.get(0).points().size(); i++) {
      List<String> row = new ArrayList<>(List.of(x.format(alike.get(0).points().get(i)[0])));
      for (Series one : alike) {
        row.add(cell(one, one.points().get(i)));
      }
      rows.add(row);
    }
    return Tables.table(headings, rows);
  }

  private String cell(Series one, double[] point) {
    if (one.style().hasRange()) {
      return y.format(point[1]) + " to " + y.format(point[2]);
    }
    return point.length > 2
        ? y.format(point[1]) + " (" + Numbers.count((long) point[2]) + ")"
        : y.format(point[1]);
  }
}
