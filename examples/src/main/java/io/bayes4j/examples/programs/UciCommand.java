package io.bayes4j.examples.programs;

import io.bayes4j.examples.Check;
import io.bayes4j.examples.Folders;
import io.bayes4j.examples.TextFile;
import io.bayes4j.examples.data.UciSet;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.predict.SpreadScaling;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code uci}: small regression on the published splits of UCI's sets, beside published figures.
 */
@Command(
    name = "uci",
    description = {
      "Trains on the splits of UCI's regression sets that others publish on, and prints RMSE and",
      "log-likelihood of the test examples beside theirs. A tenth of each split's training"
          + " examples",
      "chooses the recipe. Done splits are kept and not done again."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class UciCommand implements Callable<Integer> {
  /** How many times the least RMSE is near it. */
  private static final double NEAR = 1.25;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Required.
  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Folder with a folder for each set: data.txt, index_*.txt.")
  private Path data;

  @Option(names = "--sets", split = ",", description = "Which sets.")
  private List<String> sets = List.of("yacht", "energy", "concrete");

  @Option(names = "--ways", split = ",", description = "Which ways: ${COMPLETION-CANDIDATES}.")
  private List<UciWay> ways = List.of(UciWay.values());

  @Option(names = "--splits", paramLabel = "N", description = "How many splits, from the first on.")
  private int splits = 20;

  @Option(names = "--results", paramLabel = "FILE", description = "Where done splits are kept.")
  private Path results = Path.of("report", "uci.tsv");

  @Option(
      names = "--recipes",
      split = ",",
      description = "Which recipes to choose among, by name; all if not given.")
  private List<String> recipes = List.of();

  @Option(
      names = "--effort",
      paramLabel = "SHARE",
      description = "Share of the usual steps, above 0: 0.1 is for a hurried look.")
  private double effort = 1;

  UciCommand() {}

  /**
   * A split that is done.
   *
   * @param effort share of the usual steps
   */
  private record Done(String set, UciWay way, int split, double effort) {
    String line(Figures figures) {
      return String.join(
          "\t",
          set,
          way.name(),
          Integer.toString(split),
          Double.toString(effort),
          figures.recipe,
          Double.toString(figures.rmse),
          Double.toString(figures.logLikelihood));
    }
  }

  /** What a network got, and the recipe by which it was trained. */
  private record Figures(String recipe, double rmse, double logLikelihood) {}

  @Override
  public Integer call() throws IOException {
    Check.argument(splits > 0, "--splits must be above 0, got %d", splits);
    Check.argument(effort > 0 && effort <= 10, "--effort must be in (0, 10], got %s", effort);
    ways.forEach(
        way ->
            Check.argument(
                !recipes(way).isEmpty(), "--recipes must name one of %s's, got %s", way, recipes));
    Folders.requireWritable("--results", Folders.of(results));
    PrintWriter out = spec.commandLine().getOut();
    Map<Done, Figures> done = read();
    for (String name : sets) {
      UciSet set = UciSet.read(data.resolve(name));
      for (UciWay way : ways) {
        List<Figures> all = new ArrayList<>();
        for (int split = 0; split < splits && set.has(split); split++) {
          Done key = new Done(name, way, split, effort);
          if (!done.containsKey(key)) {
            done.put(key, figures(set.split(split), key, recipes(way)));
            write(done);
            out.printf(
                Locale.ROOT,
                "%s %s, split %d, %s: RMSE %.3f, log-likelihood %.3f%n",
                name,
                way,
                split,
                done.get(key).recipe,
                done.get(key).rmse,
                done.get(key).logLikelihood);
            out.flush();
          }
          all.add(done.get(key));
        }
        Check.argument(!all.isEmpty(), "--data: %s has no index_train_0.txt", name);
        summarize(name, way, all, out);
      }
    }
    return 0;
  }

  private List<UciRecipe> recipes(UciWay way) {
    return way.recipes().stream()
        .filter(recipe -> recipes.isEmpty() || recipes.contains(recipe.name()))
        .toList();
  }

  /**
   * Trains by the recipe that is best on the split's validation part: tests know of no other. The
   * likelihood decides among those whose RMSE is near the least, since a network that has learned
   * next to nothing can have a good one. What stretches its spreads is fitted there, too.
   */
  private static Figures figures(UciSet.Split split, Done key, List<UciRecipe> among)
      throws IOException {
    if (among.size() == 1) {
      UciRecipe recipe = among.get(0).times(key.effort);
      return figures(split, recipe, predict(split, recipe, key));
    }
    Map<UciRecipe, Figures> tried = new LinkedHashMap<>();
    Map<UciRecipe, SpreadScaling> scalings = new LinkedHashMap<>();
    UciSet.Split validation = split.validation();
    for (UciRecipe usual : among) {
      UciRecipe recipe = usual.times(key.effort);
      RegressionPrediction prediction = predict(validation, recipe, key);
      SpreadScaling scaling = key.way.scaling(prediction, validation.testY());
      scalings.put(recipe, scaling);
      tried.put(recipe, figures(validation, recipe, scaling.apply(prediction)));
    }
    double least = tried.values().stream().mapToDouble(Figures::rmse).min().orElseThrow();
    UciRecipe chosen =
        tried.entrySet().stream()
            .filter(entry -> entry.getValue().rmse <= NEAR * least)
            .max(Comparator.comparingDouble(entry -> entry.getValue().logLikelihood))
            .orElseThrow()
            .getKey();
    SpreadScaling scaling = Objects.requireNonNull(scalings.get(chosen));
    return figures(split, chosen, scaling.apply(predict(split, chosen, key)));
  }

  private static RegressionPrediction predict(UciSet.Split split, UciRecipe recipe, Done key)
      throws IOException {
    return key.way.predict(split, recipe, key.split + 1L);
  }

  private static Figures figures(
      UciSet.Split split, UciRecipe recipe, RegressionPrediction prediction) {
    return new Figures(
        recipe.name(),
        prediction.rootMeanSquaredError(split.testY()),
        -prediction.negativeLogLikelihood(split.testY()));
  }

  private static void summarize(String set, UciWay way, List<Figures> all, PrintWriter out) {
    out.println(
        String.format(
            Locale.ROOT,
            "%s %s, %d splits: RMSE %s, log-likelihood %s; published: %s",
            set,
            way,
            all.size(),
            mean(all, Figures::rmse),
            mean(all, Figures::logLikelihood),
            way.published(set)));
    out.flush();
  }

  /** Mean and standard error. */
  private static String mean(List<Figures> all, ToDoubleFunction<Figures> figure) {
    double[] numbers = all.stream().mapToDouble(figure).toArray();
    double mean = 0;
    for (double number : numbers) {
      mean += number / numbers.length;
    }
    double squares = 0;
    for (double number : numbers) {
      squares += (number - mean) * (number - mean);
    }
    double error = Math.sqrt(squares / (numbers.length - 1) / numbers.length);
    return numbers.length == 1
        ? String.format(Locale.ROOT, "%.3f", mean)
        : String.format(Locale.ROOT, "%.3f +- %.3f", mean, error);
  }

  private void write(Map<Done, Figures> done) throws IOException {
    StringBuilder text = new StringBuilder();
    done.forEach((key, figures) -> text.append(key.line(figures)).append('\n'));
    TextFile.write(results, text.toString());
  }

  private Map<Done, Figures> read() throws IOException {
    Map<Done, Figures> done = new LinkedHashMap<>();
    if (Files.notExists(results)) {
      return done;
    }
    for (String line : Files.readAllLines(results)) {
      String[] words = line.split("\t", -1);
      try {
        Check.argument(words.length == 7, "a line must have seven parts, got %d", words.length);
        done.put(
            new Done(
                words[0],
                UciWay.valueOf(words[1]),
                Integer.parseInt(words[2]),
                Double.parseDouble(words[3])),
            new Figures(words[4], Double.parseDouble(words[5]), Double.parseDouble(words[6])));
      } catch (IllegalArgumentException e) {
        throw new IOException(results + ": " + e.getMessage(), e);
      }
    }
    return done;
  }
}
