package io.bayes4j.report;

import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.ReliabilityBin;
import io.bayes4j.report.Series.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whether the percentages of a classifier can be believed. */
final class TrustSection {
  /** A difference between two shares that nobody would notice. */
  private static final double SAME = 0.005;

  private TrustSection() {}

  static Section of(Findings findings) {
    Chart chart = reliability(findings.judged().mean(), findings.noun(), findings.known());
    String html =
        chart.figure() + new Html().element("h3", "Scores, none refused") + scores(findings);
    return new Section(
        "trust", "Can it be believed?", "Can its percentages be believed?", html, List.of(chart));
  }

  private static Chart reliability(INDArray mean, String noun, int... labels) {
    List<ReliabilityBin> bins =
        Calibration.reliability(mean, labels, Calibration.DEFAULT_BINS).stream()
            .filter(bin -> bin.count() > 0)
            .toList();
    List<double[]> dots = new ArrayList<>();
    List<double[]> chance = new ArrayList<>();
    for (ReliabilityBin bin : bins) {
      dots.add(new double[] {bin.confidence(), bin.accuracy(), bin.count()});
      double[] range = ScoreInterval.of(bin.accuracy(), bin.count());
      chance.add(new double[] {bin.confidence(), range[0], range[1]});
    }
    return new Chart(
        "reliability",
        heading(bins),
        "The "
            + noun
            + " are grouped by how sure it says it is. On the diagonal, “90\u202f% sure” is right"
            + " nine times in ten; below it, it boasts; above it, it is too modest. Larger dots"
            + " hold more; the upright lines show how far chance alone may move a dot.",
        Axis.allShares("how sure it says it is"),
        Axis.allShares("how often it is right"),
        List.of(
            new Series("how often it is right (number)", Style.DOTS, "blue", dots),
            new Series("how far chance may move it (95\u202f%)", Style.INTERVALS, "text", chance),
            Series.guide("perfectly honest (dashed)", 0, 0, 1, 1)),
        true);
  }

  static String heading(List<ReliabilityBin> bins) {
    double count = bins.stream().mapToLong(ReliabilityBin::count).sum();
    double confidence = bins.stream().mapToDouble(b -> b.count() * b.confidence()).sum() / count;
    double accuracy = bins.stream().mapToDouble(b -> b.count() * b.accuracy()).sum() / count;
    return String.format(
        Locale.US,
        "It claims to be right %s of the time and is right %s of the time: %s",
        Numbers.share(confidence),
        Numbers.share(accuracy),
        verdict(confidence - accuracy));
  }

  private static String verdict(double excess) {
    if (Math.abs(excess) < SAME) {
      return "fair";
    }
    return excess > 0 ? "too sure of itself" : "too modest";
  }

  private static String scores(Findings findings) {
    ClassificationScores scores = findings.scores();
    String blind = Numbers.twoDecimals(Math.log(findings.judged().classCount()));
    return Tables.table(
        List.of("Measure", "Value", "What it says"),
        List.of(
            List.of("Accuracy", Numbers.share(scores.accuracy()), "Share of right answers."),
            List.of(
                "Negative log-likelihood",
                Numbers.significant(scores.nll()),
                "Surprise at the truth, in nats; 0 is best, " + blind + " is blind guessing."),
            List.of(
                "Brier score",
                Numbers.significant(scores.brier()),
                "Squared distance between its probabilities and the truth; 0 is best, 2 is worst."),
            List.of(
                "Expected calibration error",
                Numbers.share(scores.ece()),
                "Mean gap between how sure it says it is and how often it is right."),
            List.of(
                "Mean predictive entropy",
                Numbers.significant(findings.judged().meanEntropy()),
                "All of its uncertainty, in nats."),
            List.of(
                "Mean mutual information",
                Numbers.significant(findings.judged().meanMutualInformation()),
                "The part that comes from what it has not learned, in nats.")));
  }
}
