package io.bayes4j.report;

import io.bayes4j.core.uncertainty.RiskCoverageCurve;
import io.bayes4j.core.uncertainty.SelectivePrediction;
import io.bayes4j.report.Series.Style;
import io.bayes4j.report.Strips.Kind;
import io.bayes4j.report.Strips.Strip;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** When the model says "I don't know", and what that is worth. */
final class RefusalSection {
  private static final int CURVE_POINTS = 200;

  private final Findings findings;
  private final Strips strips;

  RefusalSection(Findings findings) {
    this.findings = findings;
    boolean byEntropy = RuleChoice.isByEntropy(findings.rule());
    double threshold = byEntropy ? findings.rule().threshold() : Double.NaN;
    strips = new Strips(edges(), threshold, sets());
  }

  Strips strips() {
    return strips;
  }

  Section section(String choice, ClassNames names) {
    Html html = new Html();
    html.element("p", RuleWords.of(findings.rule()), "class", "rule");
    html.element("p", choice);
    html.open("div", "class", "card", "id", "play").raw(slider());
    html.element("p", atThreshold(), "id", "at-threshold", "aria-live", "polite").close();
    List<Chart> charts = findings.hasLabels() ? List.of(riskCoverage()) : List.of();
    html.open("div", "class", "grid").raw(histograms());
    charts.forEach(chart -> html.raw(chart.figure()));
    html.close();
    if (!findings.foreign().isEmpty()) {
      html.element("h3", "Other data").raw(foreign());
      html.element(
          "p",
          "“Told apart” is the chance that such an example, picked at random, looks less familiar"
              + " than one of the "
              + findings.noun()
              + ": 100\u202f% is perfect, 50\u202f% is a coin toss.",
          "class",
          "explain");
    }
    if (findings.hasLabels()) {
      html.raw(new RefusedConfusion(findings, names).html());
    }
    return new Section(
        "refusal", "“I don’t know”", "When it says “I don’t know”", html.toString(), charts);
  }

  private static String slider() {
    Html html = new Html().open("div", "class", "slider", "hidden", "");
    html.element(
        "label", "Try another limit: drag to make it bolder or more careful", "for", "threshold");
    html.open("div");
    html.empty(
        "input",
        "type",
        "range",
        "id",
        "threshold",
        "min",
        "0",
        "step",
        "1",
        "aria-describedby",
        "at-threshold");
    html.element("button", "Back to its rule", "type", "button", "id", "reset").close();
    return html.close().toString();
  }

  /** What the slider's sentence says before it is moved. */
  private String atThreshold() {
    String own =
        String.format(
            Locale.US,
            "By its rule it answers %s of the %s",
            Numbers.share(findings.coverage()),
            findings.noun());
    own +=
        findings.hasLabels()
            ? ", and "
                + Numbers.share(findings.refusal().accuracy())
                + " of those answers are right."
            : ".";
    return findings.foreign().isEmpty() ? own : own + " It refuses " + refusals() + ".";
  }

  private String refusals() {
    return findings.foreign().stream()
        .map(set -> Numbers.share(set.refusedShare()) + " of " + set.judged().name())
        .collect(Collectors.joining(", "));
  }

  private String histograms() {
    Html html = new Html().open("figure", "class", "card");
    Stream<String> own = Stream.of(mean(findings.noun(), findings.judged()));
    Stream<String> foreign =
        findings.foreign().stream().map(set -> mean(set.judged().name(), set.judged()));
    html.element(
        "h3",
        Stream.concat(own, foreign).collect(Collectors.joining(", ", "Mean uncertainty: ", "")));
    html.element("div", "", "id", "histograms", "data-chart", "");
    html.element(
        "figcaption",
        "Each strip is one set, spread from sure (left) to unsure (right). Left of the upright line"
            + " an example gets an answer, right of it an “I don’t know”. Good: right answers lie"
            + " left of the line, everything else right of it.");
    html.open("details").element("summary", "The numbers").raw(strips.table()).close();
    return html.close().toString();
  }

  private static String mean(String name, Judged judged) {
    return name + " " + Numbers.twoDecimals(judged.meanEntropy());
  }

  private List<Double> edges() {
    double top = Math.log(findings.judged().classCount());
    return IntStream.rangeClosed(0, Strips.BINS).mapToObj(bin -> top * bin / Strips.BINS).toList();
  }

  private List<Strip> sets() {
    List<Strip> sets = new ArrayList<>();
    Judged judged = findings.judged();
    if (findings.hasLabels()) {
      sets.add(strip(findings.noun() + ", right answer", Kind.RIGHT, judged, findings::isRight));
      sets.add(
          strip(findings.noun() + ", wrong answer", Kind.WRONG, judged, i -> !findings.isRight(i)));
    } else {
      sets.add(strip(findings.noun(), Kind.UNKNOWN, judged, i -> true));
    }
    for (ForeignSet set : findings.foreign()) {
      sets.add(strip(set.judged().name(), Kind.FOREIGN, set.judged(), i -> true));
    }
    return sets;
  }

  private Strip strip(String name, Kind kind, Judged judged, IntPredicate wanted) {
    double top = edges().get(Strips.BINS);
    long[] counts = new long[Strips.BINS];
    IntStream.range(0, judged.count())
        .filter(wanted)
        .map(i -> Math.min(Strips.BINS - 1, (int) (judged.entropy(i) / top * Strips.BINS)))
        .forEach(bin -> counts[bin]++);
    return new Strip(name, kind, Arrays.stream(counts).boxed().toList());
  }

  private Chart riskCoverage() {
    double wrong = 1 - findings.scores().accuracy();
    List<Series> series = new ArrayList<>();
    series.add(curve("by uncertainty", "blue", findings.judged(), findings.known()));
    series.add(Series.guide("at random (dashed)", 0, wrong, 1, wrong));
    series.add(
        new Series(
            "knowing every mistake (dotted)",
            Style.DOTTED_GUIDE,
            "green",
            IntStream.rangeClosed(1, 100)
                .mapToObj(i -> i / 100.0)
                .map(x -> new double[] {x, Math.max(0, (x - 1 + wrong) / x)})
                .toList()));
    if (findings.refusal().answered() > 0) {
      series.add(
          new Series(
              "its rule",
              Style.MARK,
              "orange",
              List.of(new double[] {findings.coverage(), 1 - findings.refusal().accuracy()})));
    }
    return new Chart(
        "risk-coverage",
        riskHeading(wrong),
        "Going left, it leaves more of the examples that it is unsure of unanswered. The faster the"
            + " line falls, the better it knows its own mistakes. If it declined at random, it"
            + " would follow the dashed line; the dotted line would know every mistake.",
        Axis.allShares(findings.noun() + " that get an answer"),
        Axis.shares("answers that are wrong", true),
        series,
        false);
  }

  private String riskHeading(double wrong) {
    return findings.refusal().answered() == 0
        ? "It answers nothing"
        : String.format(
            Locale.US,
            "Leaving %s of the %s unanswered takes wrong answers from %s to %s",
            Numbers.share(1 - findings.coverage()),
            findings.noun(),
            Numbers.share(wrong),
            Numbers.share(1 - findings.refusal().accuracy()));
  }

  /** The share of wrong answers against the share answered, by entropy. */
  static Series curve(String label, String hue, Judged judged, int... labels) {
    RiskCoverageCurve curve =
        SelectivePrediction.riskCoverage(judged.entropies(), judged.correct(labels));
    List<RiskCoverageCurve.Point> points = curve.points();
    return new Series(
        label,
        Style.LINE,
        hue,
        Arrays.stream(Thinned.of(points.size(), CURVE_POINTS))
            .mapToObj(points::get)
            .map(point -> new double[] {point.coverage(), point.risk()})
            .toList());
  }

  private String foreign() {
    Html html =
        Tables.start(
            List.of(
                "Examples",
                "Number",
                "Refused",
                "Mean uncertainty",
                "Told apart by uncertainty",
                "Told apart by disagreement"));
    for (ForeignSet set : findings.foreign()) {
      html.open("tr").element("th", set.judged().name(), "scope", "row");
      html.element("td", Numbers.count(set.judged().count()));
      html.open("td").text(Numbers.share(set.refusedShare()));
      meter(html, set.refusedShare());
      html.close();
      html.element("td", Numbers.twoDecimals(set.judged().meanEntropy()));
      html.element("td", Numbers.share(set.entropyAuroc()));
      html.element("td", Numbers.share(set.mutualInformationAuroc())).close();
    }
    return Tables.finish(html);
  }

  private static void meter(Html html, double share) {
    html.open("span", "aria-hidden", "true");
    html.open("svg", "class", "meter", "viewBox", "0 0 100 8", "preserveAspectRatio", "none");
    html.empty("rect", "class", "track", "width", "100", "height", "8");
    String width = String.format(Locale.US, "%.1f", 100 * share);
    html.empty("rect", "class", "bar", "width", width, "height", "8").close().close();
  }
}
