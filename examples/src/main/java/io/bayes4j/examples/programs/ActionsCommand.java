package io.bayes4j.examples.programs;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.ActionRule;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import io.bayes4j.report.ClassificationReport;
import io.bayes4j.report.Report;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code actions}: how fast to take a bend whose grip one can only guess. */
@Command(
    name = "actions",
    description = {
      "A car chooses its speed in each bend by what it expects of each speed, or by what it can"
          + " rely",
      "on. It has learned from 600 bends, few of them wet (report/actions.html)."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ActionsCommand implements Callable<Integer> {
  private static final int LEARNED = 600;
  private static final int ASKED = 1000;
  private static final int DRAWS = 100;

  @Spec private CommandSpec spec;
  @Mixin private ProgramOptions options;

  ActionsCommand() {}

  @Override
  public Integer call() throws IOException {
    options.check();
    Bends log = Bends.driven(LEARNED, Noise.seeded(options.seed()).split("log"));
    Sequential model =
        Zoo.mlp(
            LayerFactory.variational(
                Estimator.FLIPOUT,
                VariationalSpec.defaults().withInitialSigma(0.05),
                Init.seeded(options.seed())),
            3,
            32,
            2);
    int epochs = options.share(100);
    List<EpochRecord> history =
        Trainer.of(model, Losses.crossEntropy(), Dataset.of(log.inputs(), log.skidded(), 2))
            .epochs(epochs)
            .batchSize(25)
            .seed(options.seed())
            .learningRate(Schedule.cosine(0.02, 0.0005, epochs))
            .beta(0.3)
            .build()
            .fit();
    MonteCarlo predictor = MonteCarlo.of(model).samples(DRAWS).seed(options.seed());
    Bends test = Bends.driven(ASKED, Noise.seeded(options.seed()).split("test"));
    Prediction prediction = predictor.classify(test.inputs());
    Roads roads = new Roads(ASKED, Noise.seeded(options.seed()).split("roads"));
    INDArray worth = roads.worth(predictor.classify(roads.everySpeed()));
    Map<String, Drive> drives = new LinkedHashMap<>();
    drives.put("greatest mean", roads.drive(ActionRule.mean().choose(worth)));
    drives.put("mean less one deviation", roads.drive(ActionRule.lowerBound(1).choose(worth)));
    drives.put("mean of the worst tenth", roads.drive(ActionRule.cvar(0.1).choose(worth)));
    print(drives);
    write(prediction, test.skidded(), drives, history);
    return 0;
  }

  private void print(Map<String, Drive> drives) {
    drives.forEach(
        (name, drive) ->
            spec.commandLine()
                .getOut()
                .printf(
                    Locale.US,
                    "%-24s %.1f km/h, %.1f skids in 1,000 bends, worth %.3f a bend%n",
                    name,
                    Arrays.stream(drive.speed()).average().orElseThrow(),
                    Arrays.stream(drive.skids()).average().orElseThrow(),
                    Arrays.stream(drive.worth()).average().orElseThrow()));
  }

  private void write(
      Prediction prediction, int[] skidded, Map<String, Drive> drives, List<EpochRecord> history)
      throws IOException {
    ClassificationReport report =
        Report.of(prediction, skidded)
            .title("How fast into a bend like few before?")
            .summary(
                "A bend is its sharpness, its wetness and the speed of the car. Learned from 600"
                    + " bends, mostly dry: did the car skid? Then 1,000 bends of any wetness, each"
                    + " to be taken at one of ten speeds. A bend taken at 50 km/h is worth 0.5, a"
                    + " skid costs 3.")
            .examplesAre("test bends")
            .classes(List.of("holds", "skids"));
    addCurves(report, drives);
    options.write(report.history(history), "actions.html", spec);
  }

  private static void addCurves(ClassificationReport report, Map<String, Drive> drives) {
    String wetness = "wetness (half of the bends learned from are below 0.07)";
    report
        .curves(
            "Who looks at the worst draws skids less",
            "Each network drawn has its own idea of what a speed is worth. The greatest mean"
                + " does not care whether they agree; the others do.",
            wetness,
            Roads.wetness(),
            "skids in 1,000 bends",
            each(drives, Drive::skids))
        .curves(
            "What that costs in speed",
            "Caution is dear only where the networks disagree.",
            wetness,
            Roads.wetness(),
            "km/h",
            each(drives, Drive::speed))
        .curves(
            "What a bend is worth",
            "Speed less three for each skid. The mean is best on average where the networks are"
                + " right on average: caution buys fewer skids, not more worth.",
            wetness,
            Roads.wetness(),
            "worth",
            each(drives, Drive::worth));
  }

  private static Map<String, double[]> each(
      Map<String, Drive> drives, Function<Drive, double[]> numbers) {
    Map<String, double[]> each = new LinkedHashMap<>();
    drives.forEach((name, drive) -> each.put(name, numbers.apply(drive)));
    return each;
  }
}
