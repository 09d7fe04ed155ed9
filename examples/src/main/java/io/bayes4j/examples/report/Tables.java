package io.bayes4j.examples.report;

import io.bayes4j.examples.report.EntropyHistograms.Series;
import java.util.ArrayList;
import java.util.List;

/** The numbers of the report as tables: the charts' text alternative, and the model's facts. */
final class Tables {
  private static final String NOTHING = "Nothing was recorded.";

  private Tables() {}

  static String history(List<DigitReport.Epoch> epochs) {
    return table(
        List.of(
            "Pass",
            "Loss",
            "Misfit (NLL)",
            "Complexity (KL)",
            "Learning rate",
            "Training digits right",
            "Validation digits right",
            "Validation misfit"),
        epochs.stream()
            .map(
                epoch ->
                    List.of(
                        Numbers.count(epoch.number()),
                        Numbers.significant(epoch.trainingLoss()),
                        Numbers.significant(epoch.trainingNegativeLogLikelihood()),
                        Numbers.significant(epoch.trainingKl()),
                        Numbers.significant(epoch.learningRate()),
                        Numbers.share(epoch.trainingAccuracy()),
                        Numbers.share(epoch.validationAccuracy()),
                        Numbers.significant(epoch.validationNegativeLogLikelihood())))
            .toList());
  }

  static String reliability(List<DigitReport.ReliabilityBin> bins) {
    return table(
        List.of("Stated confidence", "Digits", "Mean confidence", "Right"),
        bins.stream()
            .map(
                bin ->
                    List.of(
                        Numbers.share(bin.lower()) + " to " + Numbers.share(bin.upper()),
                        Numbers.count(bin.count()),
                        Numbers.share(bin.confidence()),
                        Numbers.share(bin.accuracy())))
            .toList());
  }

  static String riskCoverage(List<DigitReport.RiskCoveragePoint> points) {
    return table(
        List.of("Answered", "Wrong answers"),
        points.stream()
            .map(point -> List.of(Numbers.share(point.coverage()), Numbers.share(point.risk())))
            .toList());
  }

  static String histograms(EntropyHistograms histograms) {
    if (histograms.series().isEmpty()) {
      return nothing();
    }
    List<String> headings = new ArrayList<>(List.of("Entropy in nats"));
    histograms.series().forEach(series -> headings.add(series.name()));
    List<List<String>> rows = new ArrayList<>();
    for (int bin = 0; bin + 1 < histograms.edges().size(); bin++) {
      List<String> row = new ArrayList<>();
      row.add(
          Numbers.twoDecimals(histograms.edges().get(bin))
              + " to "
              + Numbers.twoDecimals(histograms.edges().get(bin + 1)));
      for (Series series : histograms.series()) {
        row.add(Numbers.count(series.counts().get(bin)));
      }
      rows.add(row);
    }
    return table(headings, rows);
  }

  static String scores(DigitReport.Scores scores) {
    return table(
        List.of("Measure", "Value", "What it says"),
        List.of(
            List.of(
                "Accuracy",
                Numbers.share(scores.accuracy()),
                "Share of test digits read correctly."),
            List.of(
                "Negative log-likelihood",
                Numbers.significant(scores.negativeLogLikelihood()),
                "Surprise at the truth, in nats; 0 is best, 2.30 is blind guessing."),
            List.of(
                "Brier score",
                Numbers.significant(scores.brier()),
                "Squared distance between its probabilities and the truth; 0 is best, 2 is worst."),
            List.of(
                "Expected calibration error",
                Numbers.share(scores.expectedCalibrationError()),
                "Mean gap between how sure it says it is and how often it is right."),
            List.of(
                "Mean predictive entropy",
                Numbers.significant(scores.meanEntropy()),
                "All of its uncertainty, in nats."),
            List.of(
                "Mean mutual information",
                Numbers.significant(scores.meanMutualInformation()),
                "The part that comes from what it has not learned, in nats.")));
  }

  static String layers(List<DigitReport.Layer> layers) {
    return table(
        List.of("Layer", "What it does", "Output", "Parameters"),
        layers.stream()
            .map(
                layer ->
                    List.of(
                        layer.name(),
                        layer.kind(),
                        layer.outputShape(),
                        Numbers.count(layer.parameters())))
            .toList());
  }

  static String versions(List<DigitReport.Version> versions) {
    return table(
        List.of("Software", "Version"),
        versions.stream().map(one -> List.of(one.name(), one.version())).toList());
  }

  /** Returns a table; the first cell of each row is its heading. */
  private static String table(List<String> headings, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return nothing();
    }
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
    Html html = new Html().open("div", "class", "scroll").open("table").open("thead").open("tr");
    headings.forEach(heading -> html.element("th", heading, "scope", "col"));
    return html.close().close().open("tbody");
  }

  /** Ends a table that {@link #start} began. */
  static String finish(Html html) {
    return html.close().close().close().toString();
  }

  private static String nothing() {
    return new Html().element("p", NOTHING, "class", "absent").toString();
  }
}
