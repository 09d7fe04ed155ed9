package io.bayes4j.examples.programs;

import io.bayes4j.core.corruption.Corruption;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.examples.Numbers;
import io.bayes4j.examples.data.DigitData;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.LoadedData;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
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
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code shift}: digits that become ever worse to read, and images that are none. */
@Command(
    name = "shift",
    description = {
      "Shows a plain and a Bayesian network digits under six corruptions of five severities,"
          + " clothes",
      "and noise (report/shift.html)."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ShiftCommand implements Callable<Integer> {
  private static final int TEST = 500;
  private static final int DRAWS = 30;
  private static final int SIDE = 28;
  private static final List<Corruption> CORRUPTIONS =
      List.of(
          Corruption.IMPULSE_NOISE,
          Corruption.GLASS_BLUR,
          Corruption.FOG,
          Corruption.BRIGHTNESS,
          Corruption.CONTRAST,
          Corruption.ELASTIC_TRANSFORM);

  @Spec private CommandSpec spec;
  @Mixin private ProgramOptions options;

  ShiftCommand() {}

  @Override
  public Integer call() throws IOException {
    options.check();
    LoadedData data = DigitData.bundled();
    ImageSet test = data.test().slice(0, Math.min(data.test().size(), options.share(TEST)));
    Layer plain = network(LayerFactory.deterministic(Init.seeded(options.seed())));
    fit(plain, data.train());
    VariationalSpec weights = VariationalSpec.defaults().withInitialSigma(0.035);
    Layer bayesian =
        network(LayerFactory.variational(Estimator.FLIPOUT, weights, Init.seeded(options.seed())));
    List<EpochRecord> history = fit(bayesian, data.train());
    MonteCarlo one = MonteCarlo.atMean(plain);
    MonteCarlo many = MonteCarlo.of(bayesian).samples(DRAWS).seed(options.seed());
    ClassificationReport report =
        Report.of(many.classify(DigitTensors.flat(test)), test.labels())
            .compare("plain network", one.classify(DigitTensors.flat(test)));
    Severities measured = measured(test, one, many);
    addForeign(report, many, test, data);
    report
        .title("Digits that become ever worse to read")
        .summary(
            "The test digits of the Bayesian network, none corrupted, beside corrupted ones. Six"
                + " corruptions: impulse noise, frosted glass, fog, brightness, contrast,"
                + " elastic distortion.")
        .examplesAre("test digits")
        .pictures(DigitTensors.pictures(test))
        .licence(data.licence());
    addCurves(report, measured);
    options.write(report.history(history), "shift.html", spec);
    return 0;
  }

  private static Layer network(LayerFactory layers) {
    return Zoo.mlp(layers, 784, 128, 128, 10);
  }

  /** Means over the corruptions at each severity, of the plain network and the Bayesian one. */
  private static final class Severities {
    final double[] severities = new double[Corruption.SEVERITIES + 1];
    final double[][] ece = new double[2][severities.length];
    final double[][] right = new double[2][severities.length];
  }

  private Severities measured(ImageSet test, MonteCarlo one, MonteCarlo many) {
    Severities all = new Severities();
    for (int severity = 0; severity < all.severities.length; severity++) {
      all.severities[severity] = severity;
      measure(severity, test, one, all.ece[0], all.right[0]);
      measure(severity, test, many, all.ece[1], all.right[1]);
      spec.commandLine()
          .getOut()
          .printf(
              Locale.US,
              "severity %d: mean accuracy %.1f %% plain, %.1f %% Bayesian; mean ECE %.4f, %.4f%n",
              severity,
              100 * all.right[0][severity],
              100 * all.right[1][severity],
              all.ece[0][severity],
              all.ece[1][severity]);
      spec.commandLine().getOut().flush();
    }
    return all;
  }

  private static void addCurves(ClassificationReport report, Severities measured) {
    report
        .curves(
            "How far its percentages are off, the worse the digits",
            "Mean over the corruptions of the expected calibration error; 0 is honest. A network"
                + " that notices that it sees worse stays lower.",
            "severity",
            measured.severities,
            "mean ECE",
            curves(measured.ece))
        .curves(
            "How often it is right, the worse the digits",
            "Mean over the corruptions of the share of right answers.",
            "severity",
            measured.severities,
            "mean share right",
            curves(measured.right));
  }

  private static Map<String, double[]> curves(double[][] both) {
    Map<String, double[]> curves = new LinkedHashMap<>();
    curves.put("plain network", both[0]);
    curves.put("Bayesian network", both[1]);
    return curves;
  }

  private List<EpochRecord> fit(Layer model, ImageSet digits) throws IOException {
    int epochs = options.share(12);
    return Trainer.of(
            model,
            Losses.crossEntropy(),
            Dataset.of(DigitTensors.flat(digits), digits.labels(), 10))
        .epochs(epochs)
        .batchSize(64)
        .seed(options.seed())
        .learningRate(Schedule.cosine(0.002, 0.00005, epochs))
        .beta(0.02)
        .build()
        .fit();
  }

  private void measure(
      int severity, ImageSet test, MonteCarlo predictor, double[] ece, double[] right) {
    double[] errors = new double[CORRUPTIONS.size()];
    double[] shares = new double[CORRUPTIONS.size()];
    for (int i = 0; i < errors.length; i++) {
      Prediction prediction = predictor.classify(corrupted(test, CORRUPTIONS.get(i), severity));
      ClassificationScores scores = Calibration.scores(prediction.mean(), test.labels());
      errors[i] = scores.ece();
      shares[i] = scores.accuracy();
    }
    ece[severity] = mean(errors);
    right[severity] = mean(shares);
  }

  private static double mean(double... numbers) {
    return Arrays.stream(numbers).average().orElseThrow();
  }

  /** Corruptions are of colour pictures: the digits go through as three equal channels. */
  private INDArray corrupted(ImageSet digits, Corruption corruption, int severity) {
    INDArray flat = DigitTensors.flat(digits);
    if (severity == 0) {
      return flat;
    }
    float[] grey = Numbers.floats(flat);
    int area = SIDE * SIDE;
    float[] colour = new float[3 * grey.length];
    for (int i = 0; i < colour.length; i++) {
      colour[i] = grey[i / (3 * area) * area + i % area];
    }
    Noise noise = Noise.seeded(options.seed()).split(corruption.name()).split(severity);
    float[] seen =
        Numbers.floats(
            corruption.apply(Numbers.array(colour, digits.size(), 3, SIDE, SIDE), severity, noise));
    for (int i = 0; i < grey.length; i++) {
      int at = i / area * 3 * area + i % area;
      grey[i] = (seen[at] + seen[at + area] + seen[at + 2 * area]) / 3;
    }
    return Numbers.array(grey, digits.size(), area);
  }

  private void addForeign(
      ClassificationReport report, MonteCarlo predictor, ImageSet test, LoadedData data) {
    for (Corruption corruption : List.of(Corruption.FOG, Corruption.GLASS_BLUR)) {
      report.against(
          "digits, " + corruption.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " 5",
          predictor.classify(corrupted(test, corruption, Corruption.SEVERITIES)));
    }
    for (ImageSet other : data.outOfDistribution()) {
      report.against(
          other.name(), predictor.classify(DigitTensors.flat(other)), DigitTensors.pictures(other));
    }
    report.against(
        "white noise",
        predictor.classify(
            Noise.seeded(options.seed()).split("white noise").uniforms(TEST, SIDE * SIDE)));
  }
}
