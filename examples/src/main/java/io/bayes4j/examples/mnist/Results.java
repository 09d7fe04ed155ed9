package io.bayes4j.examples.mnist;

import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.report.RuleWords;
import java.io.PrintWriter;
import java.util.Locale;

/** The figures of an evaluation, as text. */
final class Results {
  private final PrintWriter out;

  Results(PrintWriter out) {
    this.out = out;
  }

  /** What can be said once the test digits are read. */
  void print(Evaluation.Known known) {
    ClassificationScores scores = known.scores();
    line("");
    line(
        "Test digits (%d, %d networks drawn): accuracy %.2f %%, NLL %.4f, Brier %.4f, ECE %.4f",
        scores.count(),
        known.digits().prediction().probabilities().size(0),
        100 * scores.accuracy(),
        scores.nll(),
        scores.brier(),
        scores.ece());
    out.flush();
  }

  /** What can be said once all images are read. */
  void print(DigitReader reader, Evaluation evaluation) {
    printImages(evaluation);
    line("");
    line(
        "\"I don't know\", by a limit fixed on validation digits: %s", RuleWords.of(reader.rule()));
    line(
        "It answers %.2f %% of the test digits, %.2f %% of those answers are right; forced to"
            + " answer, %.2f %%.",
        100 * evaluation.refusal().coverage(),
        100 * evaluation.refusal().accuracy(),
        100 * evaluation.scores().accuracy());
    line("");
    out.flush();
  }

  private void printImages(Evaluation evaluation) {
    line("");
    line(
        "%-14s %8s %9s %12s %10s %15s",
        "images", "entropy", "mutual i.", "refused", "AUROC", "AUROC mutual i.");
    Judged digits = evaluation.digits();
    line(
        "%-14s %8.3f %9.3f %10.1f %% %10s %15s",
        "digits",
        digits.meanEntropy(),
        digits.meanMutualInformation(),
        100 * digits.refusedShare(),
        "",
        "");
    for (Evaluation.Foreign foreign : evaluation.foreign()) {
      Judged judged = foreign.judged();
      line(
          "%-14s %8.3f %9.3f %10.1f %% %10.3f %15.3f",
          judged.images().name(),
          judged.meanEntropy(),
          judged.meanMutualInformation(),
          100 * judged.refusedShare(),
          foreign.entropyAuroc(),
          foreign.mutualInformationAuroc());
    }
  }

  private void line(String template, Object... values) {
    out.println(String.format(Locale.US, template, values));
  }
}
