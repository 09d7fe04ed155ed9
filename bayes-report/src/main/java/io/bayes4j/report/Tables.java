package io.bayes4j.report;

import java.util.List;

/** Tables of the page; the first cell of each row is its heading. */
final class Tables {
  private Tables() {}

  static String table(List<String> headings, List<List<String>> rows) {
    Html html = start(headings);
    for (List<String> row : rows) {
      html.open("tr").element("th", row.get(0), "scope", "row");
      row.stream().skip(1).forEach(cell -> html.element("td", cell));
      html.close();
    }
    return finish(html);
  }

  /** Starts a table up to where its rows begin. */
  static Html start(List<String> headings) {
    Html html = new Html().open("div", "class", "scroll", "tabindex", "0");
    html.open("table").open("thead").open("tr");
    headings.forEach(heading -> html.element("th", heading, "scope", "col"));
    return html.close().close().open("tbody");
  }

  /** Ends a table that {@link #start} began. */
  static String finish(Html html) {
    return html.close().close().close().toString();
  }

  /** Terms and what they say. */
  static String facts(List<Fact> facts) {
    Html html = new Html().open("dl", "class", "card");
    for (Fact fact : facts) {
      html.open("div").element("dt", fact.name()).element("dd", fact.value()).close();
    }
    return html.close().toString();
  }

  /**
   * A line of the facts.
   *
   * @param name what it is about
   * @param value what it says
   */
  record Fact(String name, String value) {}
}
