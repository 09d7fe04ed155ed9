package io.bayes4j.benchmarks;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.CalibrationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.OutOfDistributionEvaluator;
import io.bayes4j.core.uncertainty.RiskCoverageCurve;
import io.bayes4j.core.uncertainty.Uncertainty;
import io.bayes4j.core.uncertainty.UncertaintyRanking;
import io.bayes4j.core.uncertainty.UncertaintySplit;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.MomentPropagation;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Processor seconds, then seconds, of the classification measures of 100 draws of 10,000 examples
 * of 10 classes, beside {@code measures_peer.py}, and of moment propagation beside 30 draws.
 */
public final class MeasureRates {
  private static final int DRAWS = 100;
  private static final int EXAMPLES = 10_000;
  private static final int CLASSES = 10;

  /** Processor seconds before the first reading, in which the JVM compiles. */
  private static final double WARM_UP = 3;

  private static final int RUNS = 6;

  /** Processor seconds of a reading, which are counted in steps of 0.01. */
  private static final double READING = 0.3;

  private MeasureRates() {}

  /** With "measures" or "moments". */
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("moments")) {
      moments();
    } else {
      measures();
    }
  }

  private static void measures() {
    INDArray draws = draws();
    int[] labels = new int[EXAMPLES];
    INDArray last = draws.slice(0).dup();
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 3 == 0 ? i % CLASSES : last.getRow(i).argMax().getInt(0);
    }
    Map<String, Runnable> measures = new LinkedHashMap<>();
    measures.put("mean, entropies, mutual information", () -> Uncertainty.split(draws));
    measures.put("variance", () -> Uncertainty.variance(draws));
    measures.put("median and 90 % interval", () -> Uncertainty.quantiles(draws, 0.05, 0.5, 0.95));
    measures.put("variation ratio", () -> Uncertainty.variationRatio(draws));
    ofMeans(measures, Uncertainty.split(draws), labels);
    double[] all = new double[2];
    measures.forEach(
        (name, measure) -> {
          double[] seconds = print(name, measure);
          all[0] += seconds[0];
          all[1] += seconds[1];
        });
    print("all", all);
  }

  private static void ofMeans(
      Map<String, Runnable> measures, UncertaintySplit split, int... labels) {
    INDArray mean = split.mean();
    double[] entropy = split.predictiveEntropy().toDoubleVector();
    double[] other = Arrays.stream(entropy).map(e -> 0.9 * e + 0.2).toArray();
    double[] errors = new double[EXAMPLES];
    Arrays.setAll(errors, i -> i % 3 == 0 ? 1 : 0);
    measures.put(
        "accuracy, NLL, Brier, ECE",
        () -> new ClassificationEvaluator().add(mean, labels).scores());
    measures.put("adaptive ECE", () -> Calibration.adaptiveEce(mean, labels, 15));
    measures.put("MCE, classwise ECE, UCE, Brier's parts", () -> calibration(mean, labels));
    measures.put("AURC, excess, AUGRC", () -> coverage(entropy, errors));
    measures.put(
        "AUSE", () -> new UncertaintyRanking().add(entropy, errors).sparsification().ause());
    measures.put(
        "AUROC, AUPR, FPR, detection",
        () -> new OutOfDistributionEvaluator().addIn(entropy).addOut(other).scores());
    measures.put(
        "AvU",
        () ->
            Calibration.accuracyVersusUncertainty(mean, split.predictiveEntropy(), labels, 1)
                .avu());
  }

  private static void coverage(double[] entropy, double... errors) {
    RiskCoverageCurve curve = new UncertaintyRanking().add(entropy, errors).riskCoverage();
    curve.aurc();
    curve.excessAurc();
    curve.augrc();
  }

  private static void calibration(INDArray mean, int... labels) {
    CalibrationEvaluator evaluator = new CalibrationEvaluator().add(mean, labels);
    evaluator.maxCalibrationError();
    evaluator.classwiseEce();
    evaluator.uce();
    evaluator.brierDecomposition();
  }

  private static INDArray draws() {
    float[] logits = new float[DRAWS * EXAMPLES * CLASSES];
    Noise.seeded(1).normals(logits, 0, logits.length, 0);
    for (int row = 0; row < logits.length; row += CLASSES) {
      double sum = 0;
      for (int k = row; k < row + CLASSES; k++) {
        logits[k] = (float) Math.exp(logits[k] + (k % CLASSES == row / CLASSES % CLASSES ? 2 : 0));
        sum += logits[k];
      }
      for (int k = row; k < row + CLASSES; k++) {
        logits[k] /= (float) sum;
      }
    }
    return Nd4j.createFromArray(logits).reshape(DRAWS, EXAMPLES, CLASSES);
  }

  private static void moments() {
    LayerFactory layers =
        LayerFactory.variational(
            Estimator.REPARAMETERIZATION,
            VariationalSpec.defaults().withInitialSigma(0.01),
            Init.seeded(1));
    beside("perceptron 784-400-100-10, 128", Zoo.mlp(layers, 784, 400, 100, 10), 128, 784);
    beside("ResNet-20, 32", Zoo.cifarResNet(layers, 20, 10), 32, 3, 32, 32);
  }

  private static void beside(String name, Layer model, int examples, long... shape) {
    long[] whole = new long[shape.length + 1];
    whole[0] = examples;
    System.arraycopy(shape, 0, whole, 1, shape.length);
    INDArray x = Noise.seeded(2).normals(whole);
    MonteCarlo draws = MonteCarlo.of(model).samples(30);
    MomentPropagation once = MomentPropagation.of(model);
    double[] many = print(name + ", 30 draws", () -> draws.outputs(x));
    double[] one = print(name + ", moments", () -> once.of(x));
    print(name + ", ratio", one[0] / many[0], one[1] / many[1]);
  }

  /** The least processor time and the least wall time of a run, of some readings. */
  private static double[] print(String name, Runnable work) {
    double begin = processorSeconds();
    while (processorSeconds() < begin + WARM_UP) {
      work.run();
    }
    double[] least = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
    for (int i = 0; i < RUNS; i++) {
      double processor = processorSeconds();
      double wall = System.nanoTime() / 1e9;
      int times = 0;
      while (processorSeconds() < processor + READING) {
        work.run();
        times++;
      }
      least[0] = Math.min(least[0], (processorSeconds() - processor) / times);
      least[1] = Math.min(least[1], (System.nanoTime() / 1e9 - wall) / times);
    }
    print(name, least);
    return least;
  }

  private static void print(String name, double... numbers) {
    System.out.println(
        String.format(Locale.ROOT, "%-40s %9.5f %9.5f", name, numbers[0], numbers[1]));
  }

  /** Of Java's threads, which compute all of it; the whole process is only known in hundredths. */
  private static double processorSeconds() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return LongStream.of(threads.getAllThreadIds())
            .map(threads::getThreadCpuTime)
            .filter(time -> time > 0)
            .sum()
        / 1e9;
  }
}
