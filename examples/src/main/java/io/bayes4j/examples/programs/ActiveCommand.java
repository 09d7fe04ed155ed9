package io.bayes4j.examples.programs;

import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.examples.data.DigitData;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.LoadedData;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.train.ActiveLearning;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
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

/** {@code active}: which digits are worth a label? */
@Command(
    name = "active",
    description = {
      "Learns digits from few labels, asking for those that its networks disagree about (BALD) or for",
      "any (report/active.html)."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ActiveCommand implements Callable<Integer> {
  private static final int FIRST = 20;
  private static final int EACH = 20;
  private static final int ROUNDS = 9;
  private static final int POOL = 1500;
  private static final int DRAWS = 30;

  @Spec private CommandSpec spec;
  @Mixin private ProgramOptions options;

  private INDArray pool;
  private int[] poolLabels;
  private INDArray test;
  private int[] testLabels;
  private Prediction last;

  ActiveCommand() {}

  @Override
  public Integer call() throws IOException {
    options.check();
    LoadedData data = DigitData.bundled();
    pool = DigitTensors.flat(data.train().slice(0, POOL));
    poolLabels = data.train().slice(0, POOL).labels();
    test = DigitTensors.flat(data.test());
    testLabels = data.test().labels();
    double[] labels = new double[ROUNDS + 1];
    Arrays.setAll(labels, round -> FIRST + EACH * round);
    Map<String, double[]> curves = new LinkedHashMap<>();
    double[] random = accuracies(ActiveLearning.Query.RANDOM);
    Prediction atRandom = last;
    double[] bald = accuracies(ActiveLearning.Query.BALD);
    curves.put("asking where the networks disagree (BALD)", bald);
    curves.put("asking at random", random);
    spec.commandLine()
        .getOut()
        .printf(
            Locale.US,
            "With %d labels: %.1f %% right by BALD, %.1f %% at random%n",
            FIRST + EACH * ROUNDS,
            100 * bald[ROUNDS],
            100 * random[ROUNDS]);
    write(data.test(), labels, curves, atRandom, data.licence());
    return 0;
  }

  private void write(
      ImageSet digits,
      double[] labels,
      Map<String, double[]> curves,
      Prediction atRandom,
      String licence)
      throws IOException {
    options.write(
        Report.of(last, testLabels)
            .title("Which digits are worth a label?")
            .summary(
                String.format(
                    Locale.US,
                    "A pool of %,d digits of MNIST without labels. %d are labelled at first, then %d"
                        + " more in each of %d rounds, after which a new network learns from all.",
                    POOL,
                    FIRST,
                    EACH,
                    ROUNDS))
            .examplesAre("test digits")
            .pictures(DigitTensors.pictures(digits))
            .compare("asked at random", atRandom)
            .curves(
                "Right answers on 1,000 test digits, by the number of labels",
                "The higher curve needs fewer labels for the same.",
                "labels",
                labels,
                "share right",
                curves)
            .licence(licence),
        "active.html",
        spec);
  }

  /** The share of right answers on the test digits after each round. */
  private double[] accuracies(ActiveLearning.Query query) throws IOException {
    double[] accuracies = new double[ROUNDS + 1];
    ActiveLearning.of(pool)
        .first(FIRST)
        .each(EACH)
        .rounds(ROUNDS)
        .query(query)
        .seed(options.seed())
        .run(
            this::train,
            round -> {
              last = round.predictor().classify(test);
              accuracies[round.number()] = Calibration.accuracy(last.mean(), testLabels);
            });
    return accuracies;
  }

  private MonteCarlo train(int... labelled) throws IOException {
    VariationalSpec weights = VariationalSpec.defaults().withInitialSigma(0.05);
    Sequential model =
        Zoo.mlp(
            LayerFactory.variational(Estimator.FLIPOUT, weights, Init.seeded(options.seed())),
            784,
            64,
            10);
    List<Integer> known = Arrays.stream(labelled).boxed().toList();
    int[] labels = Arrays.stream(labelled).map(i -> poolLabels[i]).toArray();
    Trainer.of(model, Losses.crossEntropy(), Dataset.of(DigitTensors.rows(pool, known), labels, 10))
        .epochs(options.share(40))
        .batchSize(20)
        .seed(options.seed())
        .learningRate(0.005)
        .beta(0.02)
        .build()
        .fit();
    return MonteCarlo.of(model).samples(DRAWS).seed(options.seed());
  }
}
