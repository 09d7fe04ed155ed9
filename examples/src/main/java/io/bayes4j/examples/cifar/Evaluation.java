package io.bayes4j.examples.cifar;

import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.OutOfDistribution;
import io.bayes4j.core.uncertainty.RefusalCriterion;
import io.bayes4j.core.uncertainty.RefusalReport;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.examples.Release;
import io.bayes4j.examples.data.CifarData;
import io.bayes4j.examples.data.ColourImages;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.report.ClassificationReport;
import io.bayes4j.report.Pictures;
import io.bayes4j.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How a network does on test images and on what is no such picture, printed and as a page. */
final class Evaluation {
  private static final double COVERAGE = 0.9;

  private final CifarNetwork network;
  private final CifarArguments arguments;
  private final PrintWriter out;

  Evaluation(CifarNetwork network, CifarArguments arguments, PrintWriter out) {
    this.network = network;
    this.arguments = arguments;
    this.out = out;
  }

  /**
   * What a network made of images.
   *
   * @param report the page, which was written
   * @param test of the test images
   * @param seconds that these took
   * @param foreign of pictures of what is none of the classes, by name
   */
  record Outcome(
      ClassificationReport report,
      Prediction test,
      double seconds,
      Map<String, Prediction> foreign) {}

  /** Prints figures and writes the page. */
  Outcome run(
      CifarData data, ColourImages validation, List<EpochRecord> history, Path page, String command)
      throws IOException {
    ColourImages test = data.test().first(arguments.images());
    long start = System.nanoTime();
    Prediction prediction = read(test);
    double seconds = (System.nanoTime() - start) / 1e9;
    RefusalRule rule =
        RefusalRule.calibrateForCoverage(
            RefusalCriterion.PREDICTIVE_ENTROPY_BELOW,
            read(validation.first(arguments.images())).rows(),
            COVERAGE);
    print(prediction, test.labels(), rule);
    ClassificationReport report =
        report(prediction, test, rule)
            .history(history)
            .madeBy(command, Instant.now().truncatedTo(ChronoUnit.SECONDS));
    Map<String, Prediction> all = new LinkedHashMap<>();
    for (ColourImages other : arguments.foreign(network.seed())) {
      Prediction foreign = read(other);
      all.put(other.name(), foreign);
      print(other.name(), prediction, foreign, rule);
      report.against(other.name(), foreign, pictures(other));
    }
    out.println("Report:  " + report.write(page));
    out.flush();
    return new Outcome(report, prediction, seconds, all);
  }

  private ClassificationReport report(Prediction prediction, ColourImages test, RefusalRule rule) {
    return Report.of(prediction, test.labels())
        .title("A network that recognizes pictures, and knows when it cannot")
        .summary(
            String.format(
                Locale.US, "%s on %,d test images of CIFAR-10.", network.words(), test.size()))
        .examplesAre("test images")
        .classes(CifarData.CLASSES)
        .pictures(pictures(test))
        .licence(
            CifarData.LICENCE
                + " Clothes: Fashion-MNIST, Zalando SE, 2017, MIT. Letters: notMNIST, Y."
                + " Bulatov, 2011.")
        .rule(
            rule,
            "The limit was fixed beforehand, such that 90 % of the last training images, which"
                + " are kept aside here, are answered. Converted weights of others have mostly"
                + " been trained on them, and the limit is then stricter than it says.")
        .fact("Network", network.words())
        .fact(
            "Trained numbers",
            String.format(Locale.US, "%,d", Layers.parameterCount(network.model())))
        .fact("Precision", arguments.precision().toString())
        .fact("Bayes4J", Release.version())
        .fact("Kernels", Kernels.provider().name());
  }

  private Prediction read(ColourImages images) {
    return network.read(images, arguments.samples(), arguments.precision());
  }

  static Pictures pictures(ColourImages images) {
    return Pictures.of(
        images.pixels(), ColourImages.CHANNELS, ColourImages.SIDE, ColourImages.SIDE);
  }

  private void print(Prediction prediction, int[] labels, RefusalRule rule) {
    ClassificationScores scores = Calibration.scores(prediction.mean(), labels);
    RefusalReport refusal = rule.report(prediction.rows(), labels);
    out.printf(
        Locale.US,
        "Test images (%d, %d networks drawn): accuracy %.2f %%, NLL %.4f, Brier %.4f, ECE %.4f%n",
        scores.count(),
        prediction.draws(),
        100 * scores.accuracy(),
        scores.nll(),
        scores.brier(),
        scores.ece());
    out.printf(
        Locale.US,
        "It answers %.2f %% of them, %.2f %% of those answers are right.%n",
        100 * refusal.coverage(),
        100 * refusal.accuracy());
    out.flush();
  }

  private void print(String name, Prediction own, Prediction foreign, RefusalRule rule) {
    long refused = 0;
    int[] decisions = foreign.decide(rule);
    for (int decision : decisions) {
      refused += decision == RefusalRule.REFUSED ? 1 : 0;
    }
    out.printf(
        Locale.US,
        "%-12s refused %.1f %%, AUROC by entropy %.3f, by mutual information %.3f%n",
        name,
        100.0 * refused / decisions.length,
        OutOfDistribution.auroc(
            own.predictiveEntropy().toDoubleVector(), foreign.predictiveEntropy().toDoubleVector()),
        OutOfDistribution.auroc(
            own.mutualInformation().toDoubleVector(),
            foreign.mutualInformation().toDoubleVector()));
    out.flush();
  }
}
