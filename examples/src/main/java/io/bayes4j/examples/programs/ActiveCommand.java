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
import java.util.ArrayList;
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

  /**
   * What came of one way to ask.
   *
   * @param accuracies the share of right answers on the test digits after each round
   * @param last what the last network says about them
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
  private record Asked(double[] accuracies, Prediction last) {}

  ActiveCommand() {}

  @Override
  public Integer call() throws IOException {
    options.check();
    LoadedData data = DigitData.bundled();
    ImageSet pool = data.train().slice(0, POOL);
    double[] labels = new double[ROUNDS + 1];
    Arrays.setAll(labels, round -> FIRST + EACH * round);
    Map<String, double[]> curves = new LinkedHashMap<>();
    Asked atRandom = ask(ActiveLearning.Query.RANDOM, pool, data.test());
    Asked byBald = ask(ActiveLearning.Query.BALD, pool, data.test());
    curves.put("asking where the networks disagree (BALD)", byBald.accuracies());
    curves.put("asking at random", atRandom.accuracies());
    spec.commandLine()
        .getOut()
        .printf(
            Locale.US,
            "With %d labels: %.1f %% right by BALD, %.1f %% at random%n",
            FIRST + EACH * ROUNDS,
            100 * byBald.accuracies()[ROUNDS],
            100 * atRandom.accuracies()[ROUNDS]);
    write(data, labels, curves, byBald.last(), atRandom.last());
    return 0;
  }

  private void write(
      LoadedData data,
      double[] labels,
      Map<String, double[]> curves,
      Prediction byBald,
      Prediction atRandom)
      throws IOException {
    options.write(
        Report.of(byBald, data.test().labels())
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
            .pictures(DigitTensors.pictures(data.test()))
            .compare("asked at random", atRandom)
            .curves(
                "Right answers on 1,000 test digits, by the number of labels",
                "The higher curve needs fewer labels for the same.",
                "labels",
                labels,
                "share right",
                curves)
            .licence(data.licence()),
        "active.html",
        spec);
  }

  private Asked ask(ActiveLearning.Query query, ImageSet pool, ImageSet test) throws IOException {
    INDArray images = DigitTensors.flat(pool);
    INDArray unseen = DigitTensors.flat(test);
    int[] labels = pool.labels();
    List<Prediction> rounds = new ArrayList<>();
    ActiveLearning.of(images)
        .first(FIRST)
        .each(EACH)
        .rounds(ROUNDS)
        .query(query)
        .seed(options.seed())
        .run(
            known -> train(images, labels, known),
            round -> rounds.add(round.predictor().classify(unseen)));
    int[] right = test.labels();
    return new Asked(
        rounds.stream().mapToDouble(said -> Calibration.accuracy(said.mean(), right)).toArray(),
        rounds.get(ROUNDS));
  }

  private MonteCarlo train(INDArray pool, int[] poolLabels, int... labelled) throws IOException {
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
