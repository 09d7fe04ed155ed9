package io.bayes4j.report;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.internal.AtomicFiles;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.report.Tables.Fact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A page about what a model knows and does not know: one HTML file that opens without a network.
 *
 * <p>Styles, scripts, the chart library, numbers and pictures are embedded, and the page forbids
 * itself to load anything else. Its size does not grow with the number of examples. Below each
 * chart are its numbers, and a button that saves it as a PNG file. Words may hold any characters;
 * the page escapes them. Equal reports give equal files.
 *
 * @param <R> the kind of report
 */
public abstract sealed class Report<R extends Report<R>>
    permits ClassificationReport, RegressionReport, OwnReport {
  private String title;
  private String summary = "";
  private String licence = "";
  private String command = "";
  private String noun = "examples";
  private @Nullable Instant written;
  private List<EpochRecord> history = List.of();
  private final List<Fact> facts = new ArrayList<>();
  private final List<Section> tables = new ArrayList<>();
  private final List<Chart> charts = new ArrayList<>();
  private final StringBuilder boxes = new StringBuilder();

  Report(String title) {
    this.title = title;
  }

  /**
   * A report on a classifier.
   *
   * @param prediction what it said about N examples; with places, such as pixels, each place is an
   *     example
   * @param labels the true class of each example, place after place
   * @throws IllegalArgumentException if there is not one label for each example, or one is no class
   */
  public static ClassificationReport of(Prediction prediction, int[] labels) {
    Require.nonNull(prediction, "prediction");
    Require.argument(
        labels != null, "labels must not be null; Report.of(prediction) makes a page without them");
    return new ClassificationReport(prediction, labels.clone());
  }

  /**
   * A report on a classifier's answers to examples whose class nobody knows: what it is unsure of,
   * not how often it is right.
   */
  public static ClassificationReport of(Prediction prediction) {
    return new ClassificationReport(Require.nonNull(prediction, "prediction"), null);
  }

  /**
   * A report on a model of numbers.
   *
   * @param prediction what it said about N examples
   * @param targets the true numbers, float array of the shape of {@code prediction.mean()}
   * @throws IllegalArgumentException if the shapes differ
   */
  public static RegressionReport of(RegressionPrediction prediction, INDArray targets) {
    Require.nonNull(prediction, "prediction");
    Require.argument(
        targets != null,
        "targets must not be null; Report.of(prediction) makes a page without them");
    return new RegressionReport(prediction, targets);
  }

  /** A report on predicted numbers whose truth nobody knows yet. */
  public static RegressionReport of(RegressionPrediction prediction) {
    return new RegressionReport(Require.nonNull(prediction, "prediction"), null);
  }

  /** A page of tables, curves and box plots of your own, without a prediction of one model. */
  public static OwnReport ofTables() {
    return new OwnReport();
  }

  /** The heading of the page. */
  @CanIgnoreReturnValue
  public R title(String text) {
    title = Require.text(text, "text");
    return self();
  }

  /** A sentence below the heading: which data, how many. */
  @CanIgnoreReturnValue
  public R summary(String sentence) {
    summary = Require.text(sentence, "sentence");
    return self();
  }

  /** What the examples are called, in the plural, such as "digits". */
  @CanIgnoreReturnValue
  public R examplesAre(String plural) {
    noun = Require.text(plural, "plural");
    return self();
  }

  /** The terms of the data, for the foot of the page. */
  @CanIgnoreReturnValue
  public R licence(String terms) {
    licence = Require.text(terms, "terms");
    return self();
  }

  /** The command that made the page, and when: an input, so that equal reports are equal files. */
  @CanIgnoreReturnValue
  public R madeBy(String commandLine, Instant when) {
    command = Require.text(commandLine, "commandLine");
    written = Require.nonNull(when, "when");
    return self();
  }

  /** What {@code Trainer.fit()} returned: curves of the training. */
  @CanIgnoreReturnValue
  public R history(List<EpochRecord> epochs) {
    history = List.copyOf(Require.elements(epochs, "epochs"));
    return self();
  }

  /** A fact, such as ("Trained numbers", "1,024"). */
  @CanIgnoreReturnValue
  public R fact(String name, String value) {
    facts.add(new Fact(Require.text(name, "name"), Require.text(value, "value")));
    return self();
  }

  /**
   * A table of facts.
   *
   * @param heading stands above it
   * @param columns the heads of the columns
   * @param rows each with as many cells as there are columns
   * @throws IllegalArgumentException if a row has another number of cells
   */
  @CanIgnoreReturnValue
  public R table(String heading, List<String> columns, List<List<String>> rows) {
    Require.text(heading, "heading");
    List<String> heads = List.copyOf(Require.elements(columns, "columns"));
    Require.argument(!heads.isEmpty(), "columns must not be empty, got %s", heads);
    List<List<String>> copies = new ArrayList<>();
    for (List<String> row : Require.elements(rows, "rows")) {
      Require.argument(
          row.size() == heads.size(),
          "rows must have %d cells each, got %d in %s",
          heads.size(),
          row.size(),
          row);
      copies.add(List.copyOf(Require.elements(row, "rows")));
    }
    tables.add(new Section("", "", heading, Tables.table(heads, copies)));
    return self();
  }

  /**
   * Curves of your own over common places, drawn and with their numbers as the page's other charts.
   *
   * @param heading what they say, as a sentence
   * @param caption how to read them
   * @param xName of the horizontal axis, with its unit
   * @param x the places
   * @param yName of the vertical axis
   * @param curves by name, in their order, each with a number for each place; NaN for none
   * @throws IllegalArgumentException if there are no curves or places, one has another number of
   *     them, or a place is not finite
   */
  @CanIgnoreReturnValue
  public R curves(
      String heading,
      String caption,
      String xName,
      double[] x,
      String yName,
      Map<String, double[]> curves) {
    Require.text(heading, "heading");
    Require.text(caption, "caption");
    Require.text(xName, "xName");
    Require.text(yName, "yName");
    requirePlaces(x);
    Require.argument(
        !Require.entries(curves, "curves").isEmpty(), "curves must not be empty, got %s", curves);
    List<Series> series = new ArrayList<>();
    curves.forEach(
        (name, y) -> {
          Require.argument(!name.isBlank(), "curves must have names, got \"%s\"", name);
          Require.argument(
              y.length == x.length,
              "curve %s must have %d numbers, got %d",
              name,
              x.length,
              y.length);
          series.add(Series.line(name, Series.hue(series.size()), x.clone(), y.clone()));
        });
    charts.add(
        new Chart(
            "curves-" + (charts.size() + 1),
            heading,
            caption,
            Axis.number(xName),
            Axis.number(yName),
            series,
            true));
    return self();
  }

  private static void requirePlaces(double... x) {
    Require.argument(Require.nonNull(x, "x").length > 0, "x must hold a place at least, got none");
    for (double place : x) {
      Require.argument(Double.isFinite(place), "x must be finite, got %s", place);
    }
  }

  /**
   * Box plots of your own, with their quartiles as a table.
   *
   * @param heading what they say, as a sentence
   * @param caption how to read them
   */
  @CanIgnoreReturnValue
  public R boxes(String heading, String caption, BoxPlots plots) {
    Require.text(heading, "heading");
    Require.text(caption, "caption");
    Require.nonNull(plots, "plots");
    Html html = new Html().open("figure", "class", "card").element("h3", heading).raw(plots.svg());
    html.element("figcaption", caption).open("details").element("summary", "The numbers");
    boxes.append(html.raw(plots.table()).close().close());
    return self();
  }

  /**
   * Writes the page, replacing a file that is there; folders are made where they are missing.
   *
   * @param file such as {@code report/index.html}
   * @return the file
   * @throws IOException if it cannot be written; one that was there is then left as it was
   */
  @CanIgnoreReturnValue
  public Path write(Path file) throws IOException {
    Require.nonNull(file, "file");
    if (Files.isDirectory(file)) {
      throw new IOException(
          "file must be a file such as report.html, but " + file + " is a folder");
    }
    String page = html();
    try {
      AtomicFiles.writeCreatingFolders(
          file, out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new IOException("cannot write the report to " + file + ": " + e, e);
    }
    return file;
  }

  /** The page as a text. */
  public String html() {
    List<Section> sections = new ArrayList<>(sections());
    if (!charts.isEmpty() || !boxes.isEmpty()) {
      String grid = charts.isEmpty() ? "" : Section.grid(charts);
      sections.add(new Section("more", "What was tried", "What was tried", boxes + grid, charts));
    }
    if (!history.isEmpty()) {
      sections.add(new TrainingSection(history).section());
    }
    List<Fact> all = new ArrayList<>(facts());
    all.addAll(facts);
    StringBuilder html = new StringBuilder(all.isEmpty() ? "" : Tables.facts(all));
    tables.forEach(
        table -> html.append(new Html().element("h3", table.heading())).append(table.html()));
    if (html.length() > 0) {
      String heading = all.isEmpty() ? "Tables" : "Facts";
      sections.add(new Section("facts", heading, heading, html.toString()));
    }
    sections.add(new Section("words", "Words", "Words", words()));
    return new Page(title, summary, noun, headline(), sections, strips())
        .html(new Page.Origin(command, Optional.ofNullable(written), licence));
  }

  final String noun() {
    return noun;
  }

  abstract R self();

  /** The figures at the top, as HTML. */
  abstract String headline();

  /** All between the headline and the training. */
  abstract List<Section> sections();

  abstract Optional<Strips> strips();

  abstract List<Fact> facts();

  /** The glossary, as HTML. */
  abstract String words();
}
