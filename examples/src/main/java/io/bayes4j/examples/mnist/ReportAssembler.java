package io.bayes4j.examples.mnist;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.examples.Release;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.LoadedData;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.report.ClassificationReport;
import io.bayes4j.report.Pictures;
import io.bayes4j.report.Report;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** The report of a training and an evaluation on digits. */
final class ReportAssembler {
  private final Training.Outcome outcome;
  private final Evaluation evaluation;
  private final LoadedData data;
  private final double coverage;

  ReportAssembler(
      Training.Outcome outcome, Evaluation evaluation, LoadedData data, double coverage) {
    this.outcome = outcome;
    this.evaluation = evaluation;
    this.data = data;
    this.coverage = coverage;
  }

  ClassificationReport assemble(String commandLine) {
    ClassificationReport report =
        Report.of(evaluation.digits().prediction(), data.test().labels())
            .title("A network that reads digits, and knows when it cannot")
            .summary(data.description())
            .examplesAre("test digits")
            .licence(data.licence())
            .madeBy(commandLine, Instant.now().truncatedTo(ChronoUnit.SECONDS))
            .history(outcome.history())
            .rule(
                outcome.reader().rule(),
                String.format(
                    Locale.US,
                    "The limit was fixed beforehand, such that %.0f %% of the validation digits are"
                        + " answered.",
                    100 * coverage))
            .pictures(pictures(data.test()));
    for (Evaluation.Foreign foreign : evaluation.foreign()) {
      ImageSet images = foreign.judged().images();
      report.against(images.name(), foreign.judged().prediction(), pictures(images));
    }
    addFacts(report);
    report.table("Layers", List.of("Layer", "What it does", "Output", "Parameters"), layers());
    return report;
  }

  static Pictures pictures(ImageSet images) {
    byte[] pixels = new byte[images.size() * images.height() * images.width()];
    for (int i = 0; i < images.size(); i++) {
      byte[] one = images.pixels(i);
      System.arraycopy(one, 0, pixels, i * one.length, one.length);
    }
    return Pictures.of(pixels, 1, images.height(), images.width());
  }

  private void addFacts(ClassificationReport report) {
    Settings settings = outcome.reader().settings();
    report
        .fact("Network", settings.architecture().words())
        .fact("Trained numbers", count(Layers.parameterCount(outcome.reader().model())))
        .fact("Weights drawn by", settings.flavour().words())
        .fact(
            "Belief before the first digit (prior)",
            settings.prior()
                + String.format(Locale.US, ", KL weighted by %s", settings.recipe().beta()))
        .fact("Training time", seconds(outcome.time()))
        .fact("Time to read all the test digits", seconds(evaluation.readingTime()))
        .fact("Seed", Long.toString(settings.seed()))
        .fact("Bayes4J", Release.version())
        .fact("Kernels", Kernels.provider().name())
        .fact("Precision", outcome.reader().precision().toString())
        .fact("Java", System.getProperty("java.version"));
  }

  private static String count(long number) {
    return String.format(Locale.US, "%,d", number);
  }

  private static String seconds(Duration time) {
    return String.format(Locale.US, "%.1f s", time.toMillis() / 1000.0);
  }

  /** What each layer returns for one image. */
  private List<List<String>> layers() {
    List<List<String>> layers = new ArrayList<>();
    Pass watched =
        Pass.mean()
            .watchedBy(
                (path, layer, y) -> {
                  if (!path.isEmpty()) {
                    layers.add(
                        List.of(
                            path,
                            kind(layer.toString()),
                            shape(y.shape()),
                            count(Layers.parameterCount(layer))));
                  }
                });
    var one = DigitReader.tensor(data.test().slice(0, 1), outcome.reader().normalization());
    Gradients.off(() -> watched.run(outcome.reader().model(), Var.constant(one)));
    return layers;
  }

  private static String kind(String description) {
    int bracket = description.indexOf('(');
    return bracket < 0 ? description : description.substring(0, bracket);
  }

  private static String shape(long... shape) {
    return LongStream.of(shape).skip(1).mapToObj(Long::toString).collect(Collectors.joining(" × "));
  }
}
