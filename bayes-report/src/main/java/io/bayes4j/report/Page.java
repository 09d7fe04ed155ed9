package io.bayes4j.report;

import io.bayes4j.core.internal.Require;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A page that holds all it needs.
 *
 * @param title its heading
 * @param summary a sentence below it, or nothing
 * @param noun what the examples are called
 * @param headline the figures at the top, as HTML
 * @param sections all below
 * @param strips what the slider moves through
 */
record Page(
    String title,
    String summary,
    String noun,
    String headline,
    List<Section> sections,
    Optional<Strips> strips) {
  Page {
    sections = List.copyOf(sections);
  }

  /**
   * What made the page.
   *
   * @param command what the user typed, or nothing
   * @param written when
   * @param licence the terms of the data, or nothing
   */
  record Origin(String command, Optional<Instant> written, String licence) {}

  String html(Origin origin) {
    Map<String, String> parts = new HashMap<>();
    parts.put("title", Html.escape(title));
    parts.put("summary", Html.escape(summary));
    parts.put("headline", headline);
    parts.put("navigation", navigation());
    parts.put("sections", sections.stream().map(Section::element).collect(Collectors.joining()));
    parts.put("footer", footer(origin));
    parts.put(
        "json",
        ChartNumbers.of(
            sections.stream().flatMap(section -> section.charts().stream()).toList(),
            strips,
            noun));
    putEmbedded(parts);
    return Template.fill(Resources.ofReport("report.html"), parts);
  }

  private String navigation() {
    Html html = new Html();
    sections.forEach(section -> html.element("a", section.link(), "href", "#" + section.id()));
    return html.toString();
  }

  private static String footer(Origin origin) {
    Html html = new Html().open("p").text("Made with Bayes4J" + version());
    origin.written().ifPresent(when -> html.text(" on " + Numbers.time(when)));
    if (!origin.command().isEmpty()) {
      html.text(" by ").element("code", origin.command());
    }
    html.close();
    if (!origin.licence().isEmpty()) {
      html.element("p", "Data: " + origin.licence());
    }
    html.element(
        "p",
        "Charts: Chart.js "
            + Resources.chartVersion()
            + ", MIT licence. This page is one file and loads nothing.");
    return html.toString();
  }

  /** The version that the jar's manifest states; classes outside a jar have none. */
  private static String version() {
    String version = Page.class.getPackage().getImplementationVersion();
    return version == null ? "" : " " + version;
  }

  private static void putEmbedded(Map<String, String> parts) {
    String style = Resources.ofReport("report.css");
    String chartLibrary = script(Resources.chartLibrary());
    String script = script(Resources.ofReport("report.js"));
    parts.put("style", style);
    parts.put("chartLibrary", chartLibrary);
    parts.put("script", script);
    parts.put("policy", ContentPolicy.allowing(List.of(style), List.of(chartLibrary, script)));
  }

  /** Returns the source, if it may stand in a script element as it is. */
  private static String script(String source) {
    Require.state(
        !source.toLowerCase(Locale.ROOT).contains("</script"),
        "a script to embed must not hold the end of a script element");
    return source;
  }
}
