package io.bayes4j.examples.programs;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.Referral;
import io.bayes4j.core.uncertainty.RefusalCriterion;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.examples.Numbers;
import io.bayes4j.examples.data.BundledTables;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Standardizer;
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

/** {@code triage}: the cases that a network is unsure of go to an expert. */
@Command(
    name = "triage",
    description = {
      "Tells malignant from benign tumours, and refers the cases it is unsure of to an expert",
      "(report/triage.html). A demonstration, not a medical device."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class TriageCommand implements Callable<Integer> {
  private static final int TRAIN = 250;
  private static final int VALIDATION = 100;
  private static final int DRAWS = 100;
  private static final int MALIGNANT = 0;

  @Spec private CommandSpec spec;
  @Mixin private ProgramOptions options;

  TriageCommand() {}

  @Override
  public Integer call() throws IOException {
    options.check();
    BundledTables.Tumours all = BundledTables.tumours();
    int[] order = Noise.seeded(options.seed()).split("order").permutation(all.labels().length);
    int[] train = Arrays.copyOf(order, TRAIN);
    int[] kept = Arrays.copyOfRange(order, TRAIN, TRAIN + VALIDATION);
    int[] test = Arrays.copyOfRange(order, TRAIN + VALIDATION, order.length);
    Standardizer standardizer = Standardizer.fit(rows(all, train));
    Sequential model = network();
    List<EpochRecord> history =
        fit(model, Dataset.of(standardizer.apply(rows(all, train)), labels(all, train), 2));
    MonteCarlo predictor = MonteCarlo.of(model).samples(DRAWS).seed(options.seed());
    RefusalRule rule =
        RefusalRule.calibrateForCoverage(
            RefusalCriterion.PREDICTIVE_ENTROPY_BELOW,
            predictor.classify(standardizer.apply(rows(all, kept))).rows(),
            0.9);
    Prediction prediction = predictor.classify(standardizer.apply(rows(all, test)));
    int[] truth = labels(all, test);
    Curves curves = referral(prediction, truth);
    spec.commandLine()
        .getOut()
        .printf(
            Locale.US,
            "%d tumours: %.1f %% right; with 10 %% referred, %.1f %% of the rest; malignant ones"
                + " then taken for benign: %d%n",
            truth.length,
            100 * curves.right[0],
            100 * curves.right[2],
            (int) curves.missed[2]);
    write(prediction, truth, rule, curves, history);
    return 0;
  }

  private Sequential network() {
    VariationalSpec weights = VariationalSpec.defaults().withInitialSigma(0.05);
    return Zoo.mlp(
        LayerFactory.variational(Estimator.FLIPOUT, weights, Init.seeded(options.seed())),
        30,
        32,
        2);
  }

  private List<EpochRecord> fit(Sequential model, Dataset data) throws IOException {
    int epochs = options.share(100);
    return Trainer.of(model, Losses.crossEntropy(), data)
        .epochs(epochs)
        .batchSize(25)
        .seed(options.seed())
        .learningRate(Schedule.cosine(0.01, 0.0005, epochs))
        .beta(0.1)
        .build()
        .fit();
  }

  private void write(
      Prediction prediction,
      int[] truth,
      RefusalRule rule,
      Curves curves,
      List<EpochRecord> history)
      throws IOException {
    Map<String, double[]> missed = new LinkedHashMap<>();
    missed.put("malignant, taken for benign, not referred", curves.missed);
    missed.put("referred at random", curves.random);
    options.write(
        Report.of(prediction, truth)
            .title("Which cases should an expert see?")
            .summary(
                "Breast tumours by thirty measures of their cell nuclei: 250 to learn from, 100 to"
                    + " fix the limit on, 219 to test on.")
            .examplesAre("tumours")
            .classes(List.of("malignant", "benign"))
            .rule(rule, "The limit was fixed beforehand: 90 % of 100 other tumours are answered.")
            .licence(
                "Breast Cancer Wisconsin (Diagnostic): W. Wolberg, O. Mangasarian, N. Street, W."
                    + " Street, UCI Machine Learning Repository, 1995, CC BY 4.0.")
            .curves(
                "The more are referred, the better the rest",
                "An expert sees the most uncertain cases first. Without referral, the left end.",
                "share referred, %",
                curves.referred,
                "share right",
                Map.of("right of those not referred", curves.right))
            .curves(
                "Malignant tumours that would be sent home",
                "Taken for benign and not referred. The flatter line refers as many at random.",
                "share referred, %",
                curves.referred,
                "tumours",
                missed)
            .history(history),
        "triage.html",
        spec);
  }

  /** What referral gains, at each share that is referred, in percent. */
  private static final class Curves {
    final double[] referred = {0, 5, 10, 15, 20, 25, 30, 40, 50};
    final double[] right = new double[referred.length];
    final double[] missed = new double[referred.length];
    final double[] random = new double[referred.length];
  }

  private static Curves referral(Prediction prediction, int... truth) {
    Curves curves = new Curves();
    double[] doubt = prediction.predictiveEntropy().toDoubleVector();
    int[] answers = prediction.classes();
    for (int at = 0; at < curves.referred.length; at++) {
      int capacity = (int) Math.round(curves.referred[at] / 100 * truth.length);
      boolean[] referred = Referral.mostUncertain(doubt, capacity);
      int left = 0;
      int right = 0;
      for (int i = 0; i < truth.length; i++) {
        if (!referred[i]) {
          left++;
          right += answers[i] == truth[i] ? 1 : 0;
          curves.missed[at] += truth[i] == MALIGNANT && answers[i] != MALIGNANT ? 1 : 0;
        }
      }
      curves.right[at] = right / (double) left;
      curves.random[at] = curves.missed[0] * (1 - curves.referred[at] / 100);
    }
    return curves;
  }

  private static INDArray rows(BundledTables.Tumours all, int... indices) {
    float[][] rows = new float[indices.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = all.measures()[indices[i]];
    }
    float[] flat = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * rows[0].length, rows[0].length);
    }
    return Numbers.array(flat, rows.length, rows[0].length);
  }

  private static int[] labels(BundledTables.Tumours all, int... indices) {
    return Arrays.stream(indices).map(i -> all.labels()[i]).toArray();
  }
}
