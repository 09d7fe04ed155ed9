package io.bayes4j.examples.mnist;

import io.bayes4j.examples.Check;
import io.bayes4j.examples.ThreadOptions;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.LoadedData;
import io.bayes4j.examples.data.Normalization;
import io.bayes4j.layers.train.Dataset;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
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

/** {@code mnist compare}: a line for each way to a posterior. */
@Command(
    name = "compare",
    description =
        "Trains a network for each way to a posterior on the same digits, and compares what they"
            + " know and what they know not.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class CompareCommand implements Callable<Integer> {
  private static final int CLASSES = 10;

  @Spec private CommandSpec spec;
  @Mixin private DataArguments data;
  @Mixin private ThreadOptions threads;

  @Option(names = "--epochs", description = "Times that every digit is seen; follows the data.")
  private @Nullable Integer epochs;

  @Option(names = "--samples", description = "Networks that are drawn to read a digit.")
  private int samples = 30;

  @Option(names = "--seed", description = "Same seed, same numbers.")
  private long seed = 1;

  @Option(names = "--limit", description = "Use only the first N training digits.")
  private @Nullable Integer limit;

  CompareCommand() {}

  @Override
  public Integer call() throws IOException {
    Check.positive(samples, "--samples");
    Check.argument(limit == null || limit > 0, "--limit must be > 0, got %s", limit);
    Check.argument(epochs == null || epochs > 0, "--epochs must be > 0, got %s", epochs);
    threads.apply();
    PrintWriter out = spec.commandLine().getOut();
    LoadedData digits = data.load(out);
    ImageSet train = digits.train();
    train = limit == null || limit >= train.size() ? train : train.slice(0, limit);
    Normalization normalization = Normalization.of(train);
    Dataset set = Dataset.of(DigitReader.tensor(train, normalization), train.labels(), CLASSES);
    Recipe usual = Recipe.forDigits(train.size());
    Recipe recipe = epochs == null ? usual : usual.withEpochs(epochs);

    List<ImageSet> others = new ArrayList<>(digits.outOfDistribution());
    others.add(Evaluation.whiteNoise(seed, digits.test()));
    List<INDArray> images =
        others.stream().map(other -> DigitReader.tensor(other, normalization)).toList();
    INDArray questions = DigitReader.tensor(digits.test(), normalization);
    int[] answers = digits.test().labels();
    line(out, "%s, %,d training digits, %s", Contenders.NETWORK, train.size(), recipe.words());
    line(out, "");
    printHead(out, others);
    new Contenders(set, recipe, samples, seed)
        .train(
            contender ->
                print(out, contender, Score.of(contender.predictor(), questions, answers, images)));
    line(out, "");
    line(out, "AUROC: chance that such an image has a higher entropy than a test digit.");
    return 0;
  }

  private static void printHead(PrintWriter out, List<ImageSet> others) {
    StringBuilder head = new StringBuilder();
    for (ImageSet other : others) {
      head.append(String.format(Locale.US, "  %17s", "AUROC " + other.name()));
    }
    line(
        out,
        "%-30s %8s %9s %7s %7s%s %10s",
        "posterior",
        "networks",
        "accuracy",
        "NLL",
        "ECE",
        head,
        "training");
  }

  private static void print(PrintWriter out, Contender contender, Score score) {
    StringBuilder aurocs = new StringBuilder();
    for (double auroc : score.aurocs()) {
      aurocs.append(String.format(Locale.US, "  %17.3f", auroc));
    }
    line(
        out,
        "%-30s %8d %7.2f %% %7.4f %7.4f%s %8.1f s",
        contender.name(),
        score.networks(),
        100 * score.digits().accuracy(),
        score.digits().nll(),
        score.digits().ece(),
        aurocs,
        contender.seconds());
  }

  private static void line(PrintWriter out, String template, Object... values) {
    out.println(String.format(Locale.US, template, values));
    out.flush();
  }
}
