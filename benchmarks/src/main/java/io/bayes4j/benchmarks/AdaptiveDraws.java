package io.bayes4j.benchmarks;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Counts the draws of {@code MonteCarlo.adaptive} beside a fixed 100 for the same error, on MNIST's
 * test digits and a perceptron that it trains for some seconds.
 *
 * <p>Usage: {@code benchmarks/run adaptive FOLDER [DIGITS]}, the folder with MNIST's four .gz files
 * and how many test digits (300 if left out). The tolerance is the greatest standard error of a
 * class probability that 100 draws have on any of them, and parts of it; the true error is the
 * distance to the mean of 1,000 other draws. Pairs are antithetic draws.
 */
final class AdaptiveDraws {
  private static final int FIXED = 100;
  private static final int REFERENCE = 1000;
  private static final int TRAINED = 10_000;
  private static final Map<String, String> SCALE = Map.of("mean", "0.1307", "deviation", "0.3081");

  private AdaptiveDraws() {}

  public static void main(String[] args) throws IOException {
    Require.argument(
        args.length == 1 || args.length == 2,
        "arguments must be FOLDER [DIGITS], got %d",
        args.length);
    Path folder = Path.of(args[0]);
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 300;
    Layer model = trained(folder);
    INDArray x = flat(folder.resolve("t10k-images-idx3-ubyte.gz"), count);
    INDArray truth = MonteCarlo.of(model).samples(REFERENCE).seed(2).classify(x).mean();
    MonteCarlo fixed = MonteCarlo.of(model).samples(FIXED).seed(1);
    double tolerance = fixed.classify(x).standardError().maxNumber().doubleValue();
    print("fixed", count, new Found(fixed, x, count, truth), tolerance);
    MonteCarlo pairs = fixed.antithetic();
    print("fixed pairs", count, new Found(pairs, x, count, truth), tolerance);
    for (int together : new int[] {1, 4, 16, 64, count}) {
      adaptive("adaptive", fixed, tolerance, x, together, truth);
      adaptive("adaptive pairs", pairs, tolerance, x, together, truth);
    }
    for (double share : new double[] {0.75, 0.6, 0.5}) {
      adaptive("adaptive", fixed, share * tolerance, x, 1, truth);
      adaptive("adaptive pairs", pairs, share * tolerance, x, 1, truth);
    }
  }

  private static void adaptive(
      String name, MonteCarlo draws, double tolerance, INDArray x, int together, INDArray truth) {
    print(name, together, new Found(draws.adaptive(tolerance), x, together, truth), tolerance);
  }

  private static Layer trained(Path folder) throws IOException {
    Layer model =
        Zoo.mlp(
            LayerFactory.variational(
                Estimator.LOCAL_REPARAMETERIZATION, VariationalSpec.defaults(), Init.seeded(1)),
            784,
            400,
            100,
            10);
    Dataset digits =
        Dataset.of(
            flat(folder.resolve("train-images-idx3-ubyte.gz"), TRAINED),
            QuantizedDigits.labels(folder.resolve("train-labels-idx1-ubyte.gz"), TRAINED),
            10);
    Trainer.of(model, Losses.crossEntropy(), digits)
        .epochs(3)
        .batchSize(128)
        .beta(0.1)
        .seed(1)
        .build()
        .fit();
    return model;
  }

  private static INDArray flat(Path file, int count) throws IOException {
    return QuantizedDigits.images(file, count, SCALE).reshape(count, 784);
  }

  /** What answers to some digits at a time cost, and how wrong they are. */
  private static final class Found {
    private double draws;
    private double greatest;
    private double squares;

    Found(Predictor predictor, INDArray x, int together, INDArray truth) {
      int count = (int) x.size(0);
      for (int from = 0; from < count; from += together) {
        int to = Math.min(count, from + together);
        Prediction own = predictor.classify(rows(x, from, to));
        draws += (double) own.draws() * (to - from) / count;
        greatest = Math.max(greatest, own.standardError().maxNumber().doubleValue());
        double distance = own.mean().distance2(rows(truth, from, to));
        squares += distance * distance / truth.length();
      }
    }

    private static INDArray rows(INDArray all, int from, int to) {
      return all.get(NDArrayIndex.interval(from, to), NDArrayIndex.all()).dup('c');
    }
  }

  private static void print(String name, int together, Found found, double tolerance) {
    System.out.println(
        String.format(
            Locale.ROOT,
            "%-14s %4d together: %6.1f draws a digit (%.3f of %d), greatest standard error %.4f"
                + " (tolerance %.4f), root mean square error %.5f",
            name,
            together,
            found.draws,
            found.draws / FIXED,
            FIXED,
            found.greatest,
            tolerance,
            Math.sqrt(found.squares)));
  }
}
