package io.bayes4j.examples.report;

import io.bayes4j.examples.report.DigitReport.ForeignSet;
import io.bayes4j.examples.report.DigitReport.Model;
import io.bayes4j.examples.report.DigitReport.RefusalRule;
import io.bayes4j.examples.report.DigitReport.Scores;
import java.util.List;
import java.util.Locale;

/** The parts of the page that are neither chart, table of numbers nor gallery. */
final class Sections {
  private Sections() {}

  /** Returns the figures that a reader should take home. */
  static String headline(DigitReport report) {
    Scores scores = report.scores();
    RefusalRule rule = report.rule();
    Html html = new Html();
    figure(
        html,
        Numbers.share(scores.accuracy()),
        "of the "
            + Numbers.count(scores.images())
            + " test digits are read correctly, if it must answer every time.");
    figure(
        html,
        Numbers.share(rule.coverage()),
        "of them get an answer, if it may also say “I don’t know”.");
    figure(html, Numbers.share(rule.accuracyAnswered()), "of those answers are right.");
    refusals(html, report.foreignSets());
    return html.toString();
  }

  private static void figure(Html html, String number, String sentence) {
    html.open("li").element("strong", number).element("span", sentence).close();
  }

  private static void refusals(Html html, List<ForeignSet> sets) {
    if (sets.isEmpty()) {
      return;
    }
    ForeignSet first = sets.get(0);
    html.open("li", "class", "foreign").element("strong", Numbers.share(first.refusedShare()));
    html.element(
        "span", "of images of " + first.name() + " are refused: there is no digit to read.");
    if (sets.size() > 1) {
      html.open("ul", "class", "also");
      for (ForeignSet set : sets.subList(1, sets.size())) {
        html.open("li").element("strong", Numbers.share(set.refusedShare()));
        html.element("span", " of those of " + set.name()).close();
      }
      html.close();
    }
    html.close();
  }

  static String foreignSets(List<ForeignSet> sets) {
    if (sets.isEmpty()) {
      return new Html().element("p", "No such images were shown.", "class", "absent").toString();
    }
    Html html =
        Tables.start(
            List.of(
                "Images",
                "Number",
                "Refused",
                "Mean uncertainty",
                "Told apart by uncertainty",
                "Told apart by disagreement"));
    sets.forEach(set -> foreignSet(html, set));
    return Tables.finish(html);
  }

  private static void foreignSet(Html html, ForeignSet set) {
    html.open("tr").element("th", set.name(), "scope", "row");
    html.element("td", Numbers.count(set.count()));
    html.open("td").text(Numbers.share(set.refusedShare()));
    if (Double.isFinite(set.refusedShare())) {
      meter(html, set.refusedShare());
    }
    html.close();
    html.element("td", Numbers.twoDecimals(set.meanEntropy()));
    html.element("td", Numbers.share(set.entropyAuroc()));
    html.element("td", Numbers.share(set.mutualInformationAuroc())).close();
  }

  private static void meter(Html html, double share) {
    html.open("span", "aria-hidden", "true");
    html.open("svg", "class", "meter", "viewBox", "0 0 100 8", "preserveAspectRatio", "none");
    html.empty("rect", "class", "track", "width", "100", "height", "8");
    String width = String.format(Locale.US, "%.1f", 100 * share);
    html.empty("rect", "class", "bar", "width", width, "height", "8").close().close();
  }

  static String model(DigitReport report) {
    Model model = report.model();
    Html html = new Html().open("dl");
    fact(html, "Network", model.architecture());
    fact(html, "Trained numbers", Numbers.count(model.parameters()));
    fact(html, "Weights drawn by", model.estimator());
    fact(html, "Belief before the first digit (prior)", model.prior());
    fact(html, "Passes over the training digits", Numbers.count(report.history().size()));
    fact(html, "Opinions per image", Numbers.count(model.samplesPerPrediction()));
    fact(html, "Training time", Numbers.duration(model.trainingTime()));
    fact(html, "Time to read all the test images", Numbers.duration(model.evaluationTime()));
    fact(html, "Seed", String.valueOf(model.seed()));
    return html.close().toString();
  }

  private static void fact(Html html, String name, String value) {
    html.open("div").element("dt", name).element("dd", value).close();
  }
}
