package io.bayes4j.report;

import java.util.List;

/**
 * A part of the page.
 *
 * @param id its name in addresses
 * @param link what the navigation calls it
 * @param heading its title
 * @param html its content, with the figures of its charts
 * @param charts what the script draws into the figures
 */
record Section(String id, String link, String heading, String html, List<Chart> charts) {
  Section {
    charts = List.copyOf(charts);
  }

  Section(String id, String link, String heading, String html) {
    this(id, link, heading, html, List.of());
  }

  /** Charts beside each other where the page is wide enough. */
  static String grid(List<Chart> charts) {
    StringBuilder html = new StringBuilder("<div class=\"grid\">");
    charts.forEach(chart -> html.append(chart.figure()));
    return html.append("</div>").toString();
  }

  String element() {
    return new Html().open("section", "id", id).element("h2", heading).raw(html).close().toString();
  }
}
