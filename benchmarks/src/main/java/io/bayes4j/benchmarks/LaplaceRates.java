package io.bayes4j.benchmarks;

import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.posterior.LaplaceCovariance;
import io.bayes4j.layers.posterior.LastLayerLaplace;
import io.bayes4j.layers.posterior.Likelihood;
import io.bayes4j.layers.train.Dataset;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the Laplace approximation of a wide last layer takes: seconds for the fit, the variances of
 * one example and of many, probit, the draws and their second use; and the most memory.
 *
 * <p>Arguments: classes, features, training examples, examples to predict, draws, covariance;
 * {@code 1000 512 300 1 30 KRONECKER} unless given.
 */
public final class LaplaceRates {
  private LaplaceRates() {}

  /** Runs it. */
  public static void main(String[] args) {
    int classes = number(args, 0, 1000);
    int features = number(args, 1, 512);
    int examples = number(args, 2, 300);
    int questions = number(args, 3, 1);
    int draws = number(args, 4, 30);
    LaplaceCovariance covariance =
        args.length > 5 ? LaplaceCovariance.valueOf(args[5]) : LaplaceCovariance.KRONECKER;
    Linear layer = new Linear(features, classes, Init.seeded(1));
    INDArray inputs = Noise.seeded(1).normals(examples, features);
    int[] labels = IntStream.range(0, examples).map(n -> n % classes).toArray();
    Dataset data = Dataset.of(inputs, labels, classes);
    INDArray x = Noise.seeded(2).normals(questions, features);
    // A small one first: kernels are loaded, and the JVM has compiled some of what follows.
    LastLayerLaplace small =
        LastLayerLaplace.fit(
            new Linear(20, 10, Init.seeded(1)),
            Dataset.of(Noise.seeded(1).normals(50, 20), new int[50], 10),
            Likelihood.classes(),
            covariance);
    small.classify(Noise.seeded(2).normals(2, 20));
    LastLayerLaplace laplace =
        timed("fit", () -> LastLayerLaplace.fit(layer, data, Likelihood.classes(), covariance));
    LastLayerLaplace drawing = laplace.samples(draws);
    timed("variance", () -> laplace.variance(x));
    timed("variance again", () -> laplace.variance(x));
    timed("probit", () -> laplace.probit().classify(x));
    timed(draws + " draws", () -> drawing.outputs(x));
    timed(draws + " draws again", () -> drawing.outputs(x));
    timed(draws + " other draws", () -> drawing.seed(1).outputs(x));
    long heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage.getUsed())
            .sum();
    System.out.printf(Locale.US, "most heap %.1f MB%n", heap / 1e6);
  }

  private static int number(String[] args, int index, int otherwise) {
    return args.length > index ? Integer.parseInt(args[index]) : otherwise;
  }

  private static <T> T timed(String name, Supplier<T> work) {
    long start = System.nanoTime();
    T result = work.get();
    System.out.printf(Locale.US, "%-16s %9.4f s%n", name, (System.nanoTime() - start) / 1e9);
    return result;
  }
}
