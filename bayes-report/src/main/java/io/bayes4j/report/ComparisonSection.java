package io.bayes4j.report;

import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.SelectivePrediction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Several classifiers on the same examples: before and after, or one beside the other. */
final class ComparisonSection {
  private final Findings findings;

  ComparisonSection(Findings findings) {
    this.findings = findings;
  }

  Section section() {
    List<Judged> all = new ArrayList<>(List.of(findings.judged()));
    all.addAll(findings.others());
    List<Chart> charts = findings.hasLabels() ? List.of(curves(all)) : List.of();
    String html = scores(all) + agreement() + Section.grid(charts);
    return new Section("comparison", "Beside others", "Beside others", html, charts);
  }

  private String scores(List<Judged> all) {
    List<String> headings = new ArrayList<>(List.of("Predictor"));
    if (findings.hasLabels()) {
      headings.addAll(List.of("Right answers", "NLL", "Brier", "ECE", "Area under risk-coverage"));
    }
    headings.addAll(List.of("Mean uncertainty", "Mean disagreement", "Draws"));
    return Tables.table(headings, all.stream().map(this::row).toList());
  }

  private List<String> row(Judged judged) {
    List<String> row = new ArrayList<>(List.of(judged.name()));
    if (findings.hasLabels()) {
      int[] labels = findings.known();
      ClassificationScores scores = Calibration.scores(judged.mean(), labels);
      row.add(Numbers.share(scores.accuracy()));
      row.add(Numbers.significant(scores.nll()));
      row.add(Numbers.significant(scores.brier()));
      row.add(Numbers.share(scores.ece()));
      row.add(
          Numbers.significant(
              SelectivePrediction.riskCoverage(judged.entropies(), judged.correct(labels)).aurc()));
    }
    row.add(Numbers.significant(judged.meanEntropy()));
    row.add(Numbers.significant(judged.meanMutualInformation()));
    row.add(Numbers.count(judged.draws()));
    return row;
  }

  /** How far the model went from each of the others: what "before" and "after" are asked. */
  private String agreement() {
    Judged own = findings.judged();
    Html html = new Html().element("h3", "How far " + own.name() + " is from each");
    return html.raw(
            Tables.table(
                List.of("Predictor", "Same answer", "Mean change of uncertainty, in nats"),
                findings.others().stream()
                    .map(
                        other ->
                            List.of(
                                other.name(),
                                Numbers.share(sameAnswers(own, other)),
                                Numbers.significant(meanChange(own, other))))
                    .toList()))
        .toString();
  }

  private static double sameAnswers(Judged own, Judged other) {
    return IntStream.range(0, own.count())
        .mapToDouble(i -> own.answer(i) == other.answer(i) ? 1 : 0)
        .average()
        .orElseThrow();
  }

  private static double meanChange(Judged own, Judged other) {
    return IntStream.range(0, own.count())
        .mapToDouble(i -> Math.abs(own.entropy(i) - other.entropy(i)))
        .average()
        .orElseThrow();
  }

  private Chart curves(List<Judged> all) {
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Judged judged = all.get(i);
      series.add(RefusalSection.curve(judged.name(), Series.hue(i), judged, findings.known()));
    }
    return new Chart(
        "comparison-risk-coverage",
        "What each gets wrong, the more it may leave unanswered",
        "Lower is better. Where two lines start on the right at one height, they are wrong equally"
            + " often; the one that falls faster knows its mistakes better.",
        Axis.allShares(findings.noun() + " that get an answer"),
        Axis.shares("answers that are wrong", true),
        series,
        false);
  }
}
