package io.bayes4j.examples.mnist;

import io.bayes4j.core.uncertainty.RefusalCriterion;
import io.bayes4j.examples.Check;
import io.bayes4j.examples.ComputeOptions;
import io.bayes4j.examples.Folders;
import io.bayes4j.examples.data.LoadedData;
import io.bayes4j.examples.mnist.Settings.Flavour;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mnist train}: the whole journey from digits to a report. */
@Command(
    name = "train",
    description = "Trains a network, evaluates it, saves it and writes a report.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataArguments data;
  @Mixin private ComputeOptions compute;

  @Option(names = "--model", description = "Network: ${COMPLETION-CANDIDATES}.")
  private Architecture architecture = Architecture.CNN;

  @Option(names = "--estimator", description = "How weights are drawn: ${COMPLETION-CANDIDATES}.")
  private Flavour flavour = Flavour.REPARAMETERIZATION;

  @Option(names = "--epochs", description = "Times that every digit is seen; follows the data.")
  private @Nullable Integer epochs;

  @Option(names = "--batch-size", description = "Digits of a step; follows the data.")
  private @Nullable Integer batchSize;

  @Option(names = "--learning-rate", description = "Adam's at the start; follows the data.")
  private @Nullable Double learningRate;

  @Option(names = "--prior-sigma", description = "Prior standard deviation; follows the data.")
  private @Nullable Double priorSigma;

  @Option(names = "--initial-sigma", description = "Initial standard deviation of every weight.")
  private @Nullable Double initialSigma;

  @Option(
      names = "--beta",
      description = "Weight of the KL divergence, 1 for Bayes' rule; follows the data.")
  private @Nullable Double beta;

  @Option(names = "--warm-up", description = "Epochs over which beta rises from zero.")
  private @Nullable Double warmUp;

  @Option(names = "--samples", description = "Networks that are drawn to read a digit.")
  private int samples = 30;

  @Option(
      names = "--rule",
      description =
          "What decides between an answer and \"I don't know\": ${COMPLETION-CANDIDATES}.")
  private RefusalCriterion criterion = RefusalCriterion.MEDIAN_ABOVE;

  @Option(names = "--coverage", description = "Share of validation digits that the rule answers.")
  private double coverage = 0.95;

  @Option(names = "--seed", description = "Same seed, same numbers.")
  private long seed = 1;

  @Option(names = "--limit", description = "Use only the first N training digits.")
  private @Nullable Integer limit;

  @Option(names = "--report", paramLabel = "DIR", description = "Folder of the report.")
  private Path report = Path.of("report");

  @Option(names = "--checkpoint", paramLabel = "FILE", description = "File of the network.")
  private Path checkpoint = Path.of("checkpoints", "mnist.safetensors");

  @Option(
      names = "--resume",
      description = "Go on with a training that was stopped; same options, same numbers.")
  private boolean resume;

  TrainCommand() {}

  @Override
  public Integer call() throws IOException {
    Check.positive(samples, "--samples");
    Check.argument(coverage > 0 && coverage <= 1, "--coverage must be in (0, 1], got %s", coverage);
    Check.argument(limit == null || limit > 0, "--limit must be > 0, got %s", limit);
    recipe(0);
    compute.apply();
    Folders.requireWritable("--report", report);
    Check.argument(
        !Files.isDirectory(checkpoint),
        "--checkpoint must be a file, but %s is a folder",
        checkpoint);
    Folders.requireWritable("--checkpoint", Folders.of(checkpoint));

    PrintWriter out = spec.commandLine().getOut();
    LoadedData digits = data.load(out);
    if (limit != null && limit < digits.train().size()) {
      digits = limited(digits, limit);
    }
    Settings settings = new Settings(architecture, flavour, recipe(digits.train().size()), seed);
    Training.Outcome outcome =
        new Training(settings, samples, criterion, coverage, compute.precision(), out)
            .run(digits, checkpoint, resume);
    outcome.reader().save(checkpoint);
    Results results = new Results(out);
    Evaluation evaluation = Evaluation.of(outcome.reader(), digits, results::print);
    results.print(outcome.reader(), evaluation);
    String command = "examples/run mnist " + String.join(" ", commandLine());
    Path page =
        new ReportAssembler(outcome, evaluation, digits, coverage)
            .assemble(command)
            .write(report.resolve("index.html"));
    out.println("Network: " + checkpoint);
    out.println("Report:  " + page);
    out.flush();
    return 0;
  }

  private List<String> commandLine() {
    return spec.commandLine().getParseResult().originalArgs().stream()
        .filter(word -> !word.equals("mnist"))
        .toList();
  }

  private static LoadedData limited(LoadedData d, int limit) {
    return new LoadedData(
        d.train().slice(0, limit),
        d.validation(),
        d.test(),
        d.outOfDistribution(),
        d.description() + " Only the first " + limit + " training digits were used.",
        d.licence(),
        d.notes());
  }

  /** The recipe for the data, with what the user said otherwise. */
  private Recipe recipe(int trainingDigits) {
    Recipe usual = Recipe.forDigits(trainingDigits);
    return new Recipe(
        epochs == null ? usual.epochs() : epochs,
        batchSize == null ? usual.batchSize() : batchSize,
        learningRate == null ? usual.learningRate() : learningRate,
        priorSigma == null ? usual.priorSigma() : priorSigma,
        initialSigma == null ? usual.initialSigma() : initialSigma,
        beta == null ? usual.beta() : beta,
        warmUp == null ? usual.warmUp() : warmUp);
  }
}
