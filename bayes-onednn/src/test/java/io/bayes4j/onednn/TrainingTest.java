package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What training leaves has the same bits whatever the number of threads. */
class TrainingTest {
  private final int before = Parallel.threads();

  @AfterEach
  void restore() {
    Parallel.setThreads(before);
  }

  private static LayerFactory layers(Estimator estimator) {
    return LayerFactory.variational(estimator, VariationalSpec.defaults(), Init.seeded(1));
  }

  private static Stream<Arguments> models() {
    Supplier<Layer> plain =
        () -> Zoo.mlp(LayerFactory.deterministic(Init.seeded(1)), 784, 1024, 64, 10);
    Supplier<Layer> wide = () -> Zoo.mlp(layers(Estimator.REPARAMETERIZATION), 512, 700, 10);
    Supplier<Layer> cnn = () -> Zoo.mnistCnn(layers(Estimator.FLIPOUT));
    Supplier<Layer> residual =
        () -> Zoo.cifarResNet(layers(Estimator.LOCAL_REPARAMETERIZATION), 8, 10);
    return Stream.of(Precision.values())
        .flatMap(
            precision ->
                Stream.of(
                    Arguments.of("plain MLP", precision, plain, new long[] {784}),
                    Arguments.of("Bayesian MLP", precision, wide, new long[] {512}),
                    Arguments.of("CNN", precision, cnn, new long[] {1, 28, 28}),
                    Arguments.of("ResNet", precision, residual, new long[] {3, 16, 16})));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("models")
  void leavesTheSameBits(
      String name, Precision precision, Supplier<Layer> model, long... inputShape)
      throws IOException {
    assumeTrue(precision == Precision.F32 || NativeLibrary.multipliesBf16());
    Map<String, Integer> alone = trained(1, precision, model.get(), inputShape);
    for (int threads : new int[] {2, 3, 7}) {
      assertThat(trained(threads, precision, model.get(), inputShape)).isEqualTo(alone);
    }
  }

  /** Hashes of all parameters after two steps. */
  private static Map<String, Integer> trained(
      int threads, Precision precision, Layer model, long... inputShape) throws IOException {
    Parallel.setThreads(threads);
    long[] shape = new long[inputShape.length + 1];
    shape[0] = 64;
    System.arraycopy(inputShape, 0, shape, 1, inputShape.length);
    INDArray x = Samples.normals(3, shape);
    int[] labels = IntStream.range(0, 64).map(i -> i % 10).toArray();
    Trainer.of(model, Losses.crossEntropy(), Dataset.of(x, labels, 10))
        .epochs(1)
        .batchSize(32)
        .precision(precision)
        .build()
        .fit();
    Map<String, Integer> hashes = new TreeMap<>();
    Layers.parameters(model)
        .forEach((path, p) -> hashes.put(path, Arrays.hashCode(p.value().dup().data().asFloat())));
    return hashes;
  }
}
