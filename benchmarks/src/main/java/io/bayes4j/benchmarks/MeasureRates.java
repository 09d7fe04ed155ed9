package io.bayes4j.benchmarks;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.CalibrationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.OutOfDistributionEvaluator;
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
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Processor seconds of all classification measures of 100 draws of 10,000 examples of 10 classes,
 * beside {@code measures_peer.py}, and of moment propagation beside 30 draws.
 */
public final class MeasureRates {
  private static final int DRAWS = 100;
  private static final int EXAMPLES = 10_000;
  private static final int CLASSES = 10;
  private static final int WARM_UPS = 6;
  private static final int RUNS = 6;

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
    UncertaintySplit split = Uncertainty.split(draws);
    INDArray mean = split.mean();
    double[] entropy = split.predictiveEntropy().toDoubleVector();
    double[] other = Arrays.stream(entropy).map(e -> 0.9 * e + 0.2).toArray();
    double[] errors = new double[EXAMPLES];
    Arrays.setAll(errors, i -> i % 3 == 0 ? 1 : 0);
    measures.put("mean, entropies, mutual information", () -> Uncertainty.split(draws));
    measures.put("variance", () -> Uncertainty.variance(draws));
    measures.put("median and 90 % interval", () -> quantiles(draws));
    measures.put("variation ratio", () -> Uncertainty.variationRatio(draws));
    measures.put(
        "accuracy, NLL, Brier, ECE",
        () -> new ClassificationEvaluator().add(mean, labels).scores());
    measures.put("classwise ECE, UCE, Brier's parts", () -> calibration(mean, labels));
    measures.put(
        "AURC", () -> new UncertaintyRanking().add(entropy, errors).riskCoverage().augrc());
    measures.put(
        "AUROC, AUPR, FPR",
        () -> new OutOfDistributionEvaluator().addIn(entropy).addOut(other).scores());
    double all = 0;
    for (Map.Entry<String, Runnable> measure : measures.entrySet()) {
      all += print(measure.getKey(), measure.getValue());
    }
    print("all", all);
  }

  private static void quantiles(INDArray draws) {
    Uncertainty.median(draws);
    Uncertainty.interval(draws, 0.9);
  }

  private static void calibration(INDArray mean, int... labels) {
    CalibrationEvaluator evaluator = new CalibrationEvaluator().add(mean, labels);
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
    double many = print(name + ", 30 draws", () -> draws.outputs(x));
    double one = print(name + ", moments", () -> once.of(x));
    print(name + ", ratio", one / many);
  }

  private static double print(String name, Runnable work) {
    for (int i = 0; i < WARM_UPS; i++) {
      work.run();
    }
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < RUNS; i++) {
      double before = processorSeconds();
      work.run();
      least = Math.min(least, processorSeconds() - before);
    }
    print(name, least);
    return least;
  }

  private static void print(String name, double number) {
    System.out.println(String.format(Locale.ROOT, "%-40s %.4f", name, number));
  }

  private static double processorSeconds() {
    Duration used = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    return used.toNanos() / 1e9;
  }
}
