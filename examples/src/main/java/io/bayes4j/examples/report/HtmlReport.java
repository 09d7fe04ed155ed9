package io.bayes4j.examples.report;

import io.bayes4j.core.internal.AtomicFiles;
import io.bayes4j.core.internal.Require;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a {@link DigitReport} as one HTML file that holds all it needs.
 *
 * <p>Styles, scripts, the chart library, numbers and images are embedded, and the page forbids
 * itself to load anything else. Equal reports give equal files.
 */
public final class HtmlReport {
  private static final String FILE = "index.html";

  private HtmlReport() {}

  /**
   * Writes the report as index.html, replacing one that is there.
   *
   * @param folder is created if it does not exist
   * @return the file
   * @throws IOException if the file cannot be written; one that was there is then left as it was
   */
  public static Path write(DigitReport report, Path folder) throws IOException {
    String page = render(report);
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IOException("the report needs a folder, but " + folder + " is a file");
    }
    Path file = folder.resolve(FILE);
    try {
      AtomicFiles.writeCreatingFolders(
          file, out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new IOException("cannot write the report to " + file + ": " + e, e);
    }
    return file;
  }

  /** Returns the page. */
  static String render(DigitReport report) {
    Map<String, String> parts = new HashMap<>();
    putWords(parts, report);
    putBlocks(parts, report);
    putEmbedded(parts);
    parts.put("json", ChartData.of(report).toJson());
    return Template.fill(Resources.ofReport("report.html"), parts);
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

  private static void putWords(Map<String, String> parts, DigitReport report) {
    Captions captions = new Captions(report);
    Map<String, String> words = new HashMap<>();
    words.put("title", report.title());
    words.put("dataSentence", report.data().sentence());
    words.put("licence", report.data().licence());
    words.put("opinions", Numbers.count(report.model().samplesPerPrediction()));
    words.put("interval", Numbers.wholePercent(report.gallery().intervalLevel()));
    words.put("ruleWords", report.rule().words());
    words.put("ruleChoice", report.rule().choice());
    words.put("atThreshold", captions.atThreshold());
    words.put("lossCaption", captions.loss());
    words.put("misfitCaption", captions.misfit());
    words.put("learningRateCaption", captions.learningRate());
    words.put("accuracyCaption", captions.accuracy());
    words.put("reliabilityCaption", captions.reliability());
    words.put("riskCoverageCaption", captions.riskCoverage());
    words.put("entropyCaption", captions.entropy());
    words.put("version", report.origin().bayes4jVersion());
    words.put("chartVersion", Resources.chartVersion());
    words.put("commandLine", report.origin().commandLine());
    words.put("written", Numbers.time(report.origin().written()));
    words.forEach((name, text) -> parts.put(name, Html.escape(text)));
  }

  private static void putBlocks(Map<String, String> parts, DigitReport report) {
    DigitReport.Gallery gallery = report.gallery();
    parts.put("headline", Sections.headline(report));
    parts.put("mostCertain", GallerySection.of(gallery.mostCertain()));
    parts.put("mostUncertain", GallerySection.of(gallery.mostUncertain()));
    parts.put("wrongButSure", GallerySection.of(gallery.wrongButSure()));
    parts.put("refusedForeign", GallerySection.of(gallery.refusedForeign()));
    parts.put("foreignSets", Sections.foreignSets(report.foreignSets()));
    parts.put("model", Sections.model(report));
    parts.put("scores", Tables.scores(report.scores()));
    parts.put("layers", Tables.layers(report.model().layers()));
    parts.put("versions", Tables.versions(report.model().versions()));
    parts.put("historyTable", Tables.history(report.history()));
    parts.put("reliabilityTable", Tables.reliability(report.reliability()));
    parts.put("riskCoverageTable", Tables.riskCoverage(report.riskCoverage()));
    parts.put("histogramTable", Tables.histograms(report.histograms()));
  }

  /** Returns the source, if it may stand in a script element as it is. */
  private static String script(String source) {
    Require.state(
        !source.toLowerCase(Locale.ROOT).contains("</script"),
        "a script to embed must not hold the end of a script element");
    return source;
  }
}
