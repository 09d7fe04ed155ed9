package io.bayes4j.examples.cifar;

import io.bayes4j.core.corruption.Corruption;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.examples.Check;
import io.bayes4j.examples.Folders;
import io.bayes4j.examples.data.CifarData;
import io.bayes4j.examples.data.ColourImages;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.report.ClassificationReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code cifar evaluate}: the figures of a trained network, and of its test images corrupted. */
@Command(
    name = "evaluate",
    description = "Evaluates a trained network, also beside another and under corruption.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CifarArguments arguments;

  @Option(names = "--checkpoint", paramLabel = "FILE", description = "File of the network.")
  private Path checkpoint = Path.of("checkpoints", "cifar.safetensors");

  @Option(
      names = "--beside",
      paramLabel = "FILE",
      description = "Another network's file, to be compared with.")
  private @Nullable Path beside;

  @Option(
      names = "--corrupted",
      paramLabel = "N",
      description = "Also the first N test images under fifteen corruptions of five severities.")
  private int corrupted;

  @Option(names = "--report", paramLabel = "FILE", description = "The page about the result.")
  private Path report = Path.of("report", "cifar.html");

  EvaluateCommand() {}

  @Override
  public Integer call() throws IOException {
    arguments.check();
    Check.argument(corrupted >= 0, "--corrupted must be >= 0, got %d", corrupted);
    Check.argument(
        !Files.isDirectory(report), "--report must be a file, but %s is a folder", report);
    Folders.requireWritable("--report", Folders.of(report));
    CifarNetwork network = CifarNetwork.load(checkpoint);
    PrintWriter out = spec.commandLine().getOut();
    CifarData data = arguments.find(out);
    ColourImages train = data.train();
    int kept = Math.min(TrainCommand.VALIDATION, train.size() / 10);
    String command =
        "examples/run "
            + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    ClassificationReport page =
        new Evaluation(network, arguments, out)
            .run(data, train.slice(train.size() - kept, train.size()), List.of(), report, command)
            .report();
    ColourImages test = data.test();
    if (beside != null) {
      CifarNetwork other = CifarNetwork.load(beside);
      page.compare(
          other.words(),
          other.read(test.first(arguments.images()), arguments.samples(), arguments.precision()));
    }
    if (corrupted > 0) {
      page.table(
          "Corrupted test images",
          List.of("Severity", "Median accuracy", "Median ECE", "Largest ECE", "Median NLL"),
          corruptions(network, test.first(corrupted), out));
    }
    if (beside != null || corrupted > 0) {
      page.write(report);
    }
    return 0;
  }

  /** A row for each severity, over all corruptions. */
  private List<List<String>> corruptions(
      CifarNetwork network, ColourImages images, PrintWriter out) {
    List<List<String>> rows = new ArrayList<>();
    INDArray light = images.light();
    for (int severity = 1; severity <= Corruption.SEVERITIES; severity++) {
      List<ClassificationScores> scores = new ArrayList<>();
      for (Corruption corruption : Corruption.common()) {
        Noise noise = Noise.seeded(network.seed()).split(corruption.name()).split(severity);
        INDArray seen = ColourImages.standardize(corruption.apply(light, severity, noise));
        Prediction prediction =
            network.predictor(arguments.samples(), arguments.precision()).classify(seen);
        scores.add(Calibration.scores(prediction.mean(), images.labels()));
      }
      double[] ece = scores.stream().mapToDouble(ClassificationScores::ece).sorted().toArray();
      double[] right =
          scores.stream().mapToDouble(ClassificationScores::accuracy).sorted().toArray();
      double[] nll = scores.stream().mapToDouble(ClassificationScores::nll).sorted().toArray();
      out.printf(
          Locale.US,
          "severity %d: median accuracy %.2f %%, median ECE %.4f, median NLL %.4f%n",
          severity,
          100 * right[right.length / 2],
          ece[ece.length / 2],
          nll[nll.length / 2]);
      out.flush();
      rows.add(
          Arrays.asList(
              Integer.toString(severity),
              String.format(Locale.US, "%.2f %%", 100 * right[right.length / 2]),
              String.format(Locale.US, "%.4f", ece[ece.length / 2]),
              String.format(Locale.US, "%.4f", ece[ece.length - 1]),
              String.format(Locale.US, "%.4f", nll[nll.length / 2])));
    }
    return rows;
  }
}
