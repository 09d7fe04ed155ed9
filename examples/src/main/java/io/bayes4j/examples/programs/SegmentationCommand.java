package io.bayes4j.examples.programs;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.OutOfDistribution;
import io.bayes4j.examples.Numbers;
import io.bayes4j.layers.Init;
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
import io.bayes4j.report.ClassificationReport;
import io.bayes4j.report.Pictures;
import io.bayes4j.report.Report;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code segmentation}: what each pixel shows, and where that is not to be relied on. */
@Command(
    name = "segmentation",
    description = {
      "Tells what each pixel of a street scene shows, and where it is unsure: of what is far away"
          + " in",
      "the haze, and of an object such as it never saw (report/segmentation.html)."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class SegmentationCommand implements Callable<Integer> {
  private static final int LEARNED = 300;
  private static final int TEST = 30;
  private static final int DRAWS = 20;
  private static final int WIDTH = 8;
  private static final int DISTANCES = 8;

  @Spec private CommandSpec spec;
  @Mixin private ProgramOptions options;

  SegmentationCommand() {}

  @Override
  public Integer call() throws IOException {
    options.check();
    Noise noise = Noise.seeded(options.seed());
    Scenery learned = new Scenery(options.share(LEARNED), noise.split("learned"), false);
    Scenery test = new Scenery(TEST, noise.split("test"), false);
    Scenery strange = new Scenery(TEST, noise.split("strange"), true);
    UNet model = network();
    List<EpochRecord> history =
        fit(model, Dataset.of(learned.pictures(), learned.labelMaps(), Scenery.CLASSES.size()));
    MonteCarlo predictor = MonteCarlo.of(model).samples(DRAWS).seed(options.seed());
    Prediction prediction = predictor.classify(test.pictures());
    Prediction ofStrange = predictor.classify(strange.pictures());
    double[] notKnown = Numbers.doubles(ofStrange.mutualInformation());
    double[] ball = chosen(notKnown, strange::isStrange);
    double[] rest = chosen(notKnown, pixel -> !strange.isStrange(pixel));
    Distances distances = new Distances(test, prediction);
    spec.commandLine()
        .getOut()
        .printf(
            Locale.US,
            "%.1f %% of the pixels right; noise %.3f nats of the farthest objects, %.3f of the"
                + " nearest; not known %.3f of the striped ball, %.3f of the rest, AUROC %.3f%n",
            100 * distances.right(),
            distances.noise()[0],
            distances.noise()[DISTANCES - 1],
            mean(ball),
            mean(rest),
            OutOfDistribution.auroc(rest, ball));
    write(test, prediction, strange, ofStrange, distances, history);
    return 0;
  }

  private UNet network() {
    return new UNet(
        LayerFactory.variational(
            Estimator.FLIPOUT,
            VariationalSpec.defaults().withInitialSigma(0.05),
            Init.seeded(options.seed())),
        WIDTH,
        Scenery.CLASSES.size());
  }

  private List<EpochRecord> fit(UNet model, Dataset data) throws IOException {
    int epochs = 15;
    return Trainer.of(model, Losses.crossEntropy(), data)
        .epochs(epochs)
        .batchSize(10)
        .seed(options.seed())
        .learningRate(Schedule.cosine(0.01, 0.0005, epochs))
        .build()
        .fit();
  }

  private static double[] chosen(double[] numbers, IntPredicate wanted) {
    return IntStream.range(0, numbers.length).filter(wanted).mapToDouble(i -> numbers[i]).toArray();
  }

  private static double mean(double... numbers) {
    return Arrays.stream(numbers).average().orElse(Double.NaN);
  }

  private void write(
      Scenery test,
      Prediction prediction,
      Scenery strange,
      Prediction ofStrange,
      Distances distances,
      List<EpochRecord> history)
      throws IOException {
    ClassificationReport report =
        Report.of(prediction, test.labels())
            .title("What is on the road, and what is that?")
            .summary(
                String.format(
                    Locale.US,
                    "%d scenes of %d x %d pixels, drawn by the program as are the %d it learned"
                        + " from: sky, grass, a road, cars and trees, paler the farther. In other"
                        + " scenes lies a striped ball, which is none of these.",
                    TEST,
                    Scenery.WIDTH,
                    Scenery.HEIGHT,
                    options.share(LEARNED)))
            .examplesAre("pixels")
            .classes(Scenery.CLASSES)
            .pictures(Pictures.of(test.pictures()))
            .against("scenes with a striped ball", ofStrange, Pictures.of(strange.pictures()));
    addCurves(report, distances);
    options.write(report.history(history), "segmentation.html", spec);
  }

  private static void addCurves(ClassificationReport report, Distances distances) {
    Map<String, double[]> parts = new LinkedHashMap<>();
    parts.put("noise (aleatoric)", distances.noise());
    parts.put("not known (epistemic)", distances.notKnown());
    Map<String, double[]> wrong = new LinkedHashMap<>();
    wrong.put("wrong", distances.wrong());
    report
        .curves(
            "What is far is uncertain by nature",
            "Mean over the pixels of cars and trees. More scenes would not help: the haze hides"
                + " what is far, from everybody.",
            "nearness of the object (0: horizon, 1: viewer)",
            Distances.nearness(),
            "nats",
            parts)
        .curves(
            "And it is there that it errs",
            "The share of these pixels that get the wrong class.",
            "nearness of the object (0: horizon, 1: viewer)",
            Distances.nearness(),
            "share wrong",
            wrong);
  }

  /** Uncertainty and errors of cars and trees, by how near they are. */
  private static final class Distances {
    private final double[] noise = new double[DISTANCES];
    private final double[] notKnown = new double[DISTANCES];
    private final double[] wrong = new double[DISTANCES];
    private final double right;

    Distances(Scenery scenes, Prediction prediction) {
      double[] total = Numbers.doubles(prediction.predictiveEntropy());
      double[] epistemic = Numbers.doubles(prediction.mutualInformation());
      int[] answers = prediction.classes();
      int[] labels = scenes.labels();
      int[] counts = new int[DISTANCES];
      int hits = 0;
      for (int i = 0; i < labels.length; i++) {
        hits += answers[i] == labels[i] ? 1 : 0;
        if (!Float.isNaN(scenes.nearness(i))) {
          int group = Math.min(DISTANCES - 1, (int) (DISTANCES * scenes.nearness(i)));
          counts[group]++;
          noise[group] += total[i] - epistemic[i];
          notKnown[group] += epistemic[i];
          wrong[group] += answers[i] == labels[i] ? 0 : 1;
        }
      }
      for (int group = 0; group < DISTANCES; group++) {
        int n = Math.max(1, counts[group]);
        noise[group] /= n;
        notKnown[group] /= n;
        wrong[group] /= n;
      }
      right = hits / (double) labels.length;
    }

    static double[] nearness() {
      return IntStream.range(0, DISTANCES).mapToDouble(g -> (g + 0.5) / DISTANCES).toArray();
    }

    double[] noise() {
      return noise;
    }

    double[] notKnown() {
      return notKnown;
    }

    double[] wrong() {
      return wrong;
    }

    double right() {
      return right;
    }
  }
}
