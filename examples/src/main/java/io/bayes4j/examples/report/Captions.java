package io.bayes4j.examples.report;

import io.bayes4j.examples.report.DigitReport.Epoch;
import io.bayes4j.examples.report.DigitReport.ForeignSet;
import io.bayes4j.examples.report.DigitReport.ReliabilityBin;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The headings of the charts and the sentences with numbers: what the data say, in words. */
final class Captions {
  /** A difference between two shares that nobody would notice. */
  private static final double SAME = 0.005;

  private final DigitReport report;

  Captions(DigitReport report) {
    this.report = report;
  }

  String loss() {
    return aboutTraining(
        (first, last) ->
            String.format(
                Locale.US,
                "Training took the loss from %s to %s in %s",
                Numbers.significant(first.trainingLoss()),
                Numbers.significant(last.trainingLoss()),
                passes()));
  }

  String misfit() {
    return aboutTraining(
        (first, last) ->
            String.format(
                Locale.US,
                "Misfit after %s: %s on unseen digits, %s on training digits",
                passes(),
                Numbers.significant(last.validationNegativeLogLikelihood()),
                Numbers.significant(last.trainingNegativeLogLikelihood())));
  }

  String accuracy() {
    return aboutTraining(
        (first, last) ->
            String.format(
                Locale.US,
                "After %s it reads %s of the digits it was not trained on",
                passes(),
                Numbers.share(last.validationAccuracy())));
  }

  String learningRate() {
    return aboutTraining(
        (first, last) ->
            String.format(
                Locale.US,
                "Step size: %s at first, %s at the end",
                Numbers.significant(first.learningRate()),
                Numbers.significant(last.learningRate())));
  }

  private String aboutTraining(BiFunction<Epoch, Epoch, String> sentenceOfFirstAndLast) {
    List<Epoch> history = report.history();
    return history.isEmpty()
        ? "No training was recorded"
        : sentenceOfFirstAndLast.apply(history.get(0), history.get(history.size() - 1));
  }

  private String passes() {
    int passes = report.history().size();
    return passes == 1 ? "1 pass" : Numbers.count(passes) + " passes";
  }

  String reliability() {
    List<ReliabilityBin> bins =
        report.reliability().stream().filter(bin -> bin.count() > 0).toList();
    if (bins.isEmpty()) {
      return "No confidence was recorded";
    }
    double count = bins.stream().mapToLong(ReliabilityBin::count).sum();
    double confidence = bins.stream().mapToDouble(b -> b.count() * b.confidence()).sum() / count;
    double accuracy = bins.stream().mapToDouble(b -> b.count() * b.accuracy()).sum() / count;
    return String.format(
        Locale.US,
        "It claims to be right %s of the time and is right %s of the time%s",
        Numbers.share(confidence),
        Numbers.share(accuracy),
        verdict(confidence - accuracy));
  }

  private static String verdict(double excess) {
    if (!Double.isFinite(excess)) {
      return "";
    }
    if (Math.abs(excess) < SAME) {
      return ": fair";
    }
    return excess > 0 ? ": too sure of itself" : ": too modest";
  }

  String riskCoverage() {
    if (!Double.isFinite(report.rule().coverage())) {
      return "No refusal was recorded";
    }
    return String.format(
        Locale.US,
        "Leaving %s of the digits unanswered takes wrong answers from %s to %s",
        Numbers.share(1 - report.rule().coverage()),
        Numbers.share(1 - report.rule().accuracyForced()),
        Numbers.share(1 - report.rule().accuracyAnswered()));
  }

  String entropy() {
    Stream<String> digits = Stream.of(mean("test digits", report.scores().meanEntropy()));
    Stream<String> foreign =
        report.foreignSets().stream().map(set -> mean(set.name(), set.meanEntropy()));
    return Stream.concat(digits, foreign)
        .collect(Collectors.joining(", ", "Mean uncertainty: ", ""));
  }

  private static String mean(String images, double entropy) {
    return images + " " + Numbers.twoDecimals(entropy);
  }

  /** Returns what the slider's sentence says before it is moved. */
  String atThreshold() {
    String digits =
        String.format(
            Locale.US,
            "By its rule it answers %s of the test digits, and %s of those answers are right.",
            Numbers.share(report.rule().coverage()),
            Numbers.share(report.rule().accuracyAnswered()));
    return report.foreignSets().isEmpty() ? digits : digits + " It refuses " + refusals() + ".";
  }

  private String refusals() {
    return report.foreignSets().stream().map(Captions::refusal).collect(Collectors.joining(", "));
  }

  private static String refusal(ForeignSet set) {
    return Numbers.share(set.refusedShare()) + " of " + set.name();
  }
}
