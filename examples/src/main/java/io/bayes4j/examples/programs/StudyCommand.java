package io.bayes4j.examples.programs;

import io.bayes4j.core.corruption.Corruption;
import io.bayes4j.core.uncertainty.CalibrationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.OutOfDistribution;
import io.bayes4j.examples.Check;
import io.bayes4j.examples.ComputeOptions;
import io.bayes4j.examples.Folders;
import io.bayes4j.examples.SourceOptions;
import io.bayes4j.examples.TextFile;
import io.bayes4j.examples.data.DataOptions;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.report.BoxPlots;
import io.bayes4j.report.OwnReport;
import io.bayes4j.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code study}: posteriors under shift, in the manner of Ovadia et al. 2019. */
@Command(
    name = "study",
    description = {
      "Judges posteriors of one network on clean images, under fifteen corruptions of five"
          + " severities",
      "and on images of other things. Done rows are kept and not done again."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class StudyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SourceOptions source;
  @Mixin private ComputeOptions compute;

  @Parameters(paramLabel = "SET", description = "${COMPLETION-CANDIDATES}")
  private Kind kind;

  @Option(names = "--data", paramLabel = "DIR", description = "Folder of the data.")
  private @Nullable Path data;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = "Trained ResNet-20 of PyTorch's, or in safetensors; for cifar.")
  private @Nullable Path weights;

  @Option(names = "--train", paramLabel = "N", description = "Training images, at most.")
  private int train = Integer.MAX_VALUE;

  @Option(names = "--images", paramLabel = "N", description = "Images of each test set, at most.")
  private int images = 1000;

  @Option(names = "--draws", description = "Networks drawn.")
  private int draws = 20;

  @Option(names = "--rows", split = ",", description = "Which rows, by name; all if not given.")
  private List<String> chosen = List.of();

  @Option(names = "--effort", paramLabel = "SHARE", description = "Share of the usual epochs.")
  private double effort = 1;

  @Option(names = "--seed", description = "Same seed, same numbers.")
  private long seed = 1;

  @Option(names = "--report", paramLabel = "DIR", description = "Folder of page, tables, rows.")
  private Path folder = Path.of("report");

  StudyCommand() {}

  /** What is studied. */
  enum Kind {
    /** Digits. */
    MNIST,
    /** Pictures. */
    CIFAR
  }

  @Override
  public Integer call() throws IOException {
    check();
    compute.apply();
    PrintWriter out = spec.commandLine().getOut();
    StudyTask task = task(out);
    out.println(task.words());
    String settings =
        String.format(
            Locale.ROOT,
            "%d training and %d test images, %d draws, effort %s, seed %d",
            task.train().size(),
            task.labels().length,
            draws,
            effort,
            seed);
    String name = "study-" + kind.name().toLowerCase(Locale.ROOT);
    StudyRecords records =
        StudyRecords.read(folder.resolve(name + ".jsonl"), settings + ", data " + task.identity());
    Map<String, StudyWays.Way> ways =
        new StudyWays(task, draws, effort, seed, plain(name, task)).all();
    Check.argument(
        ways.keySet().containsAll(chosen), "--rows must be of %s, got %s", ways.keySet(), chosen);
    for (Map.Entry<String, StudyWays.Way> way : ways.entrySet()) {
      boolean wanted = chosen.isEmpty() || chosen.contains(way.getKey());
      if (wanted && !records.has(way.getKey())) {
        records.add(way.getKey(), judged(task, way.getValue().predictor()));
        line(out, way.getKey(), records);
      }
    }
    List<String> done = ways.keySet().stream().filter(records::has).toList();
    write(task, settings, name, new StudyPage(records, done, List.copyOf(task.foreign().keySet())));
    return 0;
  }

  private void check() throws IOException {
    Check.positive(train, "--train");
    Check.positive(images, "--images");
    Check.argument(draws > 1, "--draws must be > 1, got %d", draws);
    Check.argument(effort > 0 && effort <= 10, "--effort must be in (0, 10], got %s", effort);
    Check.argument(
        kind == Kind.MNIST || weights != null,
        "--weights must be given for cifar, got %s",
        weights);
    Folders.requireWritable("--report", folder);
  }

  /** The file of the network without posterior that several rows begin with. */
  private Path plain(String name, StudyTask task) throws IOException {
    return folder.resolve(
        String.format(Locale.ROOT, "%s-%s-%s-%d.safetensors", name, task.identity(), effort, seed));
  }

  private StudyTask task(PrintWriter out) throws IOException {
    DataOptions options = source.with(Optional.ofNullable(data), out);
    StudyTask.Extent extent = new StudyTask.Extent(train, images);
    return kind == Kind.MNIST
        ? StudyTask.mnist(options, extent, seed)
        : StudyTask.cifar(
            options, Objects.requireNonNull(weights), extent, seed, compute.precision());
  }

  private static void line(PrintWriter out, String row, StudyRecords records) {
    out.printf(
        Locale.US,
        "%-24s clean: accuracy %.2f %%, ECE %.4f, UCE %.4f; corrupted, medians: %.2f %%, %.4f,"
            + " %.4f%n",
        row,
        100 * records.clean(row, "accuracy"),
        records.clean(row, "ece"),
        records.clean(row, "uce"),
        100 * BoxPlots.quantile(0.5, records.shifted(row, "accuracy", 0)),
        BoxPlots.quantile(0.5, records.shifted(row, "ece", 0)),
        BoxPlots.quantile(0.5, records.shifted(row, "uce", 0)));
    out.flush();
  }

  /** What a predictor gets on every set. */
  private static Map<String, Map<String, Double>> judged(StudyTask task, Predictor predictor) {
    Map<String, Map<String, Double>> sets = new LinkedHashMap<>();
    Prediction clean = predictor.classify(task.test().clean());
    sets.put(StudyRecords.CLEAN, scores(clean, task.labels()));
    for (Corruption corruption : Corruption.common()) {
      for (int severity = 1; severity <= Corruption.SEVERITIES; severity++) {
        Prediction shifted = predictor.classify(task.test().corrupted(corruption, severity));
        sets.put(StudyRecords.set(corruption, severity), scores(shifted, task.labels()));
      }
    }
    double[] inside = clean.predictiveEntropy().toDoubleVector();
    task.foreign()
        .forEach(
            (name, other) -> {
              Prediction outside = predictor.classify(other);
              sets.put(
                  name,
                  Map.of(
                      "auroc",
                      OutOfDistribution.auroc(
                          inside, outside.predictiveEntropy().toDoubleVector())));
            });
    return sets;
  }

  private static Map<String, Double> scores(Prediction prediction, int[] labels) {
    INDArray mean = prediction.mean();
    ClassificationScores scores = new ClassificationEvaluator().add(mean, labels).scores();
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("accuracy", scores.accuracy());
    numbers.put("nll", scores.nll());
    numbers.put("brier", scores.brier());
    numbers.put("ece", scores.ece());
    numbers.put("uce", new CalibrationEvaluator().add(mean, labels).uce());
    double sure = Arrays.stream(mean.max(1).toDoubleVector()).average().orElseThrow();
    numbers.put("gap", sure - scores.accuracy());
    return numbers;
  }

  private void write(StudyTask task, String settings, String name, StudyPage page)
      throws IOException {
    String command =
        "examples/run "
            + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    OwnReport report =
        Report.ofTables()
            .title("Posteriors under shift")
            .summary(task.words() + "; " + settings + ".")
            .madeBy(command, Instant.now().truncatedTo(ChronoUnit.SECONDS));
    List<String> text = new ArrayList<>(List.of(task.words() + "; " + settings + ".", ""));
    for (String measure : List.of("ece", "uce", "accuracy")) {
      report.boxes(
          StudyPage.word(measure) + " by severity",
          "Each box is of the fifteen corruptions: its quartiles, median, least and greatest.",
          page.plots(measure));
      save(folder.resolve(name + "-" + measure + ".svg"), page.plots(measure).svgFile());
    }
    for (StudyPage.Table table : page.tables()) {
      report.table(table.heading(), table.columns(), table.cells());
      text.add(table.markdown());
    }
    page.verdicts().forEach(verdict -> text.add("* " + verdict));
    save(folder.resolve(name + ".md"), String.join("\n", text) + "\n");
    PrintWriter out = spec.commandLine().getOut();
    out.println("Report:  " + report.write(folder.resolve(name + ".html")));
    out.flush();
  }

  private static void save(Path file, String text) throws IOException {
    TextFile.write(file, text);
  }
}
