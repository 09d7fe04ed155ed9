package io.bayes4j.examples.mnist;

import io.bayes4j.examples.ThreadOptions;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.LoadedData;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mnist continual}: learning task after task, with and without forgetting. */
@Command(
    name = "continual",
    description = {
      "Learns to tell 0 from 1, then 2 from 3, up to 8 from 9, never seeing earlier digits again, and asks for all after each task.",
      "A plain network forgets; one whose posterior becomes its prior need not."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ContinualCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataArguments data;
  @Mixin private ThreadOptions threads;

  @Option(
      names = "--shared-outputs",
      description =
          "One pair of outputs for all tasks, so that the network is not told which task it is.")
  private boolean shared;

  @Option(
      names = "--on-validation",
      description = "Ask for validation digits, to choose settings by.")
  private boolean onValidation;

  @Option(names = "--epochs", description = "Times that every digit is seen; follows the data.")
  private @Nullable Integer epochs;

  @Option(names = "--learning-rate", description = "Adam's at the start of each task.")
  private double learningRate = 1e-3;

  @Option(names = "--prior-sigma", description = "Standard deviation of the first prior.")
  private double priorSigma = 1;

  @Option(names = "--initial-sigma", description = "Initial standard deviation of every weight.")
  private double initialSigma = 0.005;

  @Option(names = "--beta", description = "Weight of the KL divergence, 1 for Bayes' rule.")
  private double beta = 1;

  @Option(names = "--seed", description = "Same seed, same numbers.")
  private long seed = 1;

  ContinualCommand() {}

  @Override
  public Integer call() throws IOException {
    recipe(0); // A wrong number is named before any work.
    threads.apply();
    PrintWriter out = spec.commandLine().getOut();
    LoadedData digits = data.load(out);
    ImageSet asked = onValidation ? digits.validation() : digits.test();
    List<DigitTask> tasks = DigitTask.split(digits, asked, shared);
    Recipe recipe = recipe(digits.train().size());
    line(out, "perceptron 784-256-256-%d, %s", DigitTask.outputs(shared), recipe.words());
    for (TaskLearner.Memory memory : TaskLearner.Memory.values()) {
      long start = System.nanoTime();
      List<List<Double>> accuracies =
          new TaskLearner(memory, recipe, DigitTask.outputs(shared), seed).learn(tasks);
      print(out, memory, tasks, accuracies, (System.nanoTime() - start) / 1e9);
    }
    return 0;
  }

  private static void print(
      PrintWriter out,
      TaskLearner.Memory memory,
      List<DigitTask> tasks,
      List<List<Double>> accuracies,
      double seconds) {
    line(out, "");
    line(out, "%s (%.0f s)", memory.words(), seconds);
    line(
        out,
        "  %-14s%s",
        "after",
        tasks.stream().map(task -> pad(task.name())).collect(Collectors.joining()));
    for (int k = 0; k < tasks.size(); k++) {
      line(
          out,
          "  %-14s%s",
          tasks.get(k).name(),
          accuracies.get(k).stream()
              .map(accuracy -> pad(String.format(Locale.US, "%.2f %%", 100 * accuracy)))
              .collect(Collectors.joining()));
    }
    List<Double> last = accuracies.get(accuracies.size() - 1);
    double average = last.stream().mapToDouble(a -> a).average().orElse(Double.NaN);
    double forgotten =
        IntStream.range(0, last.size() - 1)
            .mapToDouble(k -> accuracies.get(k).get(k) - last.get(k))
            .average()
            .orElse(0);
    line(
        out,
        "  average of all %.2f %%, forgotten of the earlier %.2f points",
        100 * average,
        100 * forgotten);
  }

  private static String pad(String word) {
    return String.format(Locale.US, "%10s", word);
  }

  private Recipe recipe(int trainingDigits) {
    boolean large = trainingDigits >= Recipe.LARGE;
    int times = large ? 10 : 40;
    return new Recipe(
        epochs == null ? times : epochs,
        large ? 128 : 32,
        learningRate,
        priorSigma,
        initialSigma,
        beta,
        0);
  }

  private static void line(PrintWriter out, String template, Object... values) {
    out.println(String.format(Locale.US, template, values));
    out.flush();
  }
}
