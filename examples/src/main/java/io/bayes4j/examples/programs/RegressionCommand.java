package io.bayes4j.examples.programs;

import io.bayes4j.core.random.Noise;
import io.bayes4j.examples.Numbers;
import io.bayes4j.examples.data.BundledTables;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Standardized;
import io.bayes4j.layers.Standardizer;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.Posteriors;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code regression}: bands that widen where nothing was learned, and narrow when it is. */
@Command(
    name = "regression",
    description = {
      "Learns a noisy sine with a gap, then what lies in the gap (report/sine.html),",
      "and CO2 on Mauna Loa up to 1991, to foretell ten years (report/co2.html)."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class RegressionCommand implements Callable<Integer> {
  private static final int DRAWS = 100;
  private static final int SINE_EPOCHS = 40;
  private static final double NOISE = 0.15;
  private static final double FIRST_FORETOLD = 1992;

  /** Deviation of a week from trend and season, in units of the standardized target. */
  private static final double WEEKLY = 0.05;

  private static final int FEATURES = 5;

  /** Bumps along x: how far the first and the last lie from zero, their distance, their width. */
  private static final double LAST_BUMP = 4;

  private static final double BUMP_STEP = 0.25;
  private static final double BUMP_WIDTH = 0.2;
  private static final int BUMPS = 1 + (int) Math.round(2 * LAST_BUMP / BUMP_STEP);

  @Spec private CommandSpec spec;
  @Mixin private ProgramOptions options;

  RegressionCommand() {}

  @Override
  public Integer call() throws IOException {
    options.check();
    sine();
    co2();
    return 0;
  }

  private void sine() throws IOException {
    double[] outside = places("outside", 1000, u -> u < 0.5 ? -3 + 4 * u : 1 + 4 * (u - 0.5));
    double[] inside = places("inside", 500, u -> -1 + 2 * u);
    double[] asked = IntStream.rangeClosed(0, 140).mapToDouble(i -> -3.5 + 0.05 * i).toArray();
    Layer model =
        new LinearFlipout(
            BUMPS,
            1,
            VariationalSpec.defaults().withInitialSigma(0.05),
            Init.seeded(options.seed()));
    List<EpochRecord> history =
        fit(model, bumps(outside), sineAt(outside, "outside"), NOISE, 0.02, SINE_EPOCHS);
    RegressionPrediction before = predict(model, bumps(asked), NOISE);
    Posteriors.becomePriors(model);
    fit(model, bumps(inside), sineAt(inside, "inside"), NOISE, 0.02, SINE_EPOCHS);
    RegressionPrediction after = predict(model, bumps(asked), NOISE);
    INDArray truth = sineAt(asked, "asked");
    print("Sine", new Coverage(asked, before, truth));
    print("Sine, the gap filled", new Coverage(asked, after, truth));
    Map<String, double[]> deviations = new LinkedHashMap<>();
    deviations.put("before the gap was filled", Numbers.doubles(before.standardDeviation()));
    deviations.put("after", Numbers.doubles(after.standardDeviation()));
    options.write(
        Report.of(before, truth)
            .title("A noisy sine with a gap")
            .summary(
                "1,000 points of sin(2x) with noise of 0.15, none between -1 and 1 and none beyond"
                    + " 3. Then 500 points from the gap, learned with the posterior as the new"
                    + " prior. The inputs are bumps along x, each with a weight: one that no point"
                    + " has touched keeps its prior, so the band widens in the gap and beyond the"
                    + " data. Where the prior is wrong there, at 3.2 say, the band is too.")
            .examplesAre("points from -3.5 to 3.5")
            .along(asked, "x")
            .outputs(List.of("y"))
            .learnedFrom(outside, Numbers.doubles(sineAt(outside, "outside")))
            .compare("after 500 points from the gap", after)
            .curves(
                "What new data in the gap take away",
                "The deviation that is predicted along x. New points narrow it where they lie;"
                    + " beyond the data it stays.",
                "x",
                asked,
                "predicted standard deviation",
                deviations)
            .history(history),
        "sine.html",
        spec);
  }

  /** Bells of x, one beside the other, of which each answers for its own surroundings. */
  private static INDArray bumps(double... x) {
    float[] bumps = new float[x.length * BUMPS];
    for (int i = 0; i < x.length; i++) {
      for (int k = 0; k < BUMPS; k++) {
        double away = (x[i] + LAST_BUMP - k * BUMP_STEP) / BUMP_WIDTH;
        bumps[i * BUMPS + k] = (float) Math.exp(-away * away / 2);
      }
    }
    return Numbers.array(bumps, x.length, BUMPS);
  }

  private void print(String what, Coverage coverage) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.US,
        "%s: ranges of 90 %% hold %s beside data, %s in the gap, %s beyond%n",
        what,
        coverage.share(x -> Math.abs(x) >= 1 && Math.abs(x) <= 3),
        coverage.share(x -> Math.abs(x) < 1),
        coverage.share(x -> Math.abs(x) > 3));
    out.flush();
  }

  private double[] places(String name, int count, DoubleUnaryOperator place) {
    float[] uniforms = new float[count];
    Noise.seeded(options.seed()).split(name).uniforms(uniforms, 0, count, 0);
    return IntStream.range(0, count).mapToDouble(i -> place.applyAsDouble(uniforms[i])).toArray();
  }

  private INDArray sineAt(double[] x, String name) {
    float[] y = new float[x.length];
    Noise.seeded(options.seed()).split(name).split("noise").normals(y, 0, y.length, 0);
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) (Math.sin(2 * x[i]) + NOISE * y[i]);
    }
    return Numbers.column(y);
  }

  private void co2() throws IOException {
    BundledTables.Co2 weeks = BundledTables.co2();
    int cut =
        (int)
            IntStream.range(0, weeks.years().length)
                .filter(i -> weeks.years()[i] < FIRST_FORETOLD)
                .count();
    int all = weeks.years().length;
    INDArray x = features(weeks.years(), 0, cut);
    INDArray y = Numbers.column(Arrays.copyOf(weeks.ppm(), cut));
    Standardized model = ofWeeks(x, y);
    List<EpochRecord> history = fit(model, x, model.targets().apply(y), WEEKLY, 0.01, 60);
    double[] later = Arrays.copyOfRange(weeks.years(), cut, all);
    RegressionPrediction prediction =
        predict(model, features(weeks.years(), cut, all), WEEKLY).unstandardized(model.targets());
    INDArray truth = Numbers.column(Arrays.copyOfRange(weeks.ppm(), cut, all));
    Coverage coverage = new Coverage(later, prediction, truth);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.US,
        "CO2: ranges of 90 %% hold %s of the weeks to come, %s of those in the tenth year%n",
        coverage.share(year -> true),
        coverage.share(year -> year >= FIRST_FORETOLD + 9));
    out.flush();
    options.write(
        Report.of(prediction, truth)
            .title("CO2 on Mauna Loa, ten years ahead")
            .summary(
                "Learned from weekly means of 1958 to 1991, asked about 1992 to 2001, of which it"
                    + " has seen nothing. It knows the time and the season. Its band hardly widens"
                    + " with the years: it goes on as it did, and independent weights are too sure"
                    + " of that.")
            .examplesAre("weeks")
            .along(later, "year")
            .outputs(List.of("CO2, ppm"))
            .learnedFrom(Arrays.copyOf(weeks.years(), cut), Arrays.copyOf(weeks.ppm(), cut))
            .licence("C. D. Keeling, T. P. Whorf, 2004, as packaged by statsmodels, public domain.")
            .history(history),
        "co2.html",
        spec);
  }

  private Standardized ofWeeks(INDArray x, INDArray y) {
    Init init = Init.seeded(options.seed());
    VariationalSpec weights = VariationalSpec.defaults().withInitialSigma(0.03);
    return new Standardized(
        Standardizer.fit(x),
        Sequential.of(
            new LinearFlipout(FEATURES, 32, weights, init),
            Activation.RELU,
            new LinearFlipout(32, 1, weights, init)),
        Standardizer.fit(y));
  }

  /** Time, and the season as the two first waves of a year. */
  private static INDArray features(double[] years, int from, int to) {
    float[] features = new float[(to - from) * FEATURES];
    for (int i = from; i < to; i++) {
      double t = years[i] - 1975;
      double turn = 2 * Math.PI * years[i];
      double[] row = {t, Math.sin(turn), Math.cos(turn), Math.sin(2 * turn), Math.cos(2 * turn)};
      for (int k = 0; k < row.length; k++) {
        features[(i - from) * FEATURES + k] = (float) row[k];
      }
    }
    return Numbers.array(features, to - from, FEATURES);
  }

  private List<EpochRecord> fit(
      Layer model, INDArray x, INDArray y, double noise, double rate, int usualEpochs)
      throws IOException {
    int epochs = options.share(usualEpochs);
    return Trainer.of(model, Losses.gaussianNll(noise), Dataset.of(x, y))
        .epochs(epochs)
        .batchSize(50)
        .seed(options.seed())
        .learningRate(Schedule.cosine(rate, rate / 20, epochs))
        .build()
        .fit();
  }

  private RegressionPrediction predict(Layer model, INDArray x, double noise) {
    return MonteCarlo.of(model).samples(DRAWS).seed(options.seed()).regress(x, noise);
  }
}
