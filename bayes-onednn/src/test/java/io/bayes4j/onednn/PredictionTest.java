package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Conv1d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.ConvTranspose2d;
import io.bayes4j.layers.GroupNorm;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.TransformerEncoderLayer;
import io.bayes4j.layers.TransformerSpec;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.PreparedPredictor;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.GruReparameterization;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * An example's prediction has the same bits whatever the batch, its place in it and the threads.
 */
class PredictionTest {
  private static final int EXAMPLES = 67;
  private static final VariationalSpec SPEC = VariationalSpec.defaults();

  private final int before = Parallel.threads();

  @AfterEach
  void restore() {
    Parallel.setThreads(before);
  }

  private static LayerFactory layers(Estimator estimator) {
    return LayerFactory.variational(estimator, SPEC, Init.seeded(1));
  }

  /** A model and the shape of an example. */
  private record Case(String name, Supplier<Layer> model, List<Long> shape) {
    static Case of(String name, Supplier<Layer> model, Long... shape) {
      return new Case(name, model, List.of(shape));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Case> models() {
    LayerFactory reparameterized = layers(Estimator.REPARAMETERIZATION);
    LayerFactory flipout = layers(Estimator.FLIPOUT);
    LayerFactory local = layers(Estimator.LOCAL_REPARAMETERIZATION);
    Init init = Init.seeded(3);
    return Stream.of(
        Case.of("wide MLP", () -> Zoo.mlp(flipout, 784, 1024, 64, 10), 784L),
        Case.of("deep sums", () -> Zoo.mlp(local, 2100, 100, 3), 2100L),
        Case.of("narrow MLP", () -> Zoo.mlp(reparameterized, 3, 5, 2), 3L),
        Case.of("CNN", () -> Zoo.mnistCnn(flipout), 1L, 28L, 28L),
        Case.of("ResNet", () -> Zoo.cifarResNet(reparameterized, 8, 10), 3L, 12L, 12L),
        Case.of("LSTM", () -> new LstmReparameterization(9, 20, SPEC, Init.seeded(1)), 6L, 9L),
        Case.of("GRU", () -> new GruReparameterization(33, 17, SPEC, Init.seeded(1)), 5L, 33L),
        Case.of(
            "transformer",
            () -> new TransformerEncoderLayer(TransformerSpec.of(32, 4), init),
            11L,
            32L),
        Case.of(
            "pointwise convolution",
            () -> Sequential.of(new Conv1d(ConvSpec.conv1d(3, 20, 1), init), Activation.TANH),
            3L,
            21L),
        Case.of(
            "transposed convolution",
            () ->
                Sequential.of(
                    new ConvTranspose2d(ConvSpec.conv2d(5, 12, 3), init),
                    new GroupNorm(3, 12),
                    Activation.GELU),
            5L,
            7L,
            6L),
        Case.of("linear over steps", () -> Sequential.of(new Linear(400, 30, init)), 3L, 400L));
  }

  private static Stream<Arguments> cases() {
    List<Arguments> all = new ArrayList<>();
    for (KernelProvider kernels : List.of(Kernels.portable(), new OneDnn())) {
      for (Precision precision : Precision.values()) {
        boolean portable = kernels == Kernels.portable();
        if (precision == Precision.F32 || !portable) {
          String name = (portable ? "ND4J " : "oneDNN ") + precision;
          models().forEach(c -> all.add(Arguments.of(name, kernels, precision, c)));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}, {3}")
  @MethodSource("cases")
  void isTheSameInAnyBatch(String name, KernelProvider kernels, Precision precision, Case c) {
    assumeTrue(precision == Precision.F32 || NativeLibrary.multipliesBf16());
    Layer model = c.model.get();
    long[] shape = new long[c.shape.size() + 1];
    shape[0] = EXAMPLES;
    for (int axis = 1; axis < shape.length; axis++) {
      shape[axis] = c.shape.get(axis - 1);
    }
    INDArray x = Samples.normals(5, shape);
    for (MonteCarlo predictor :
        List.of(MonteCarlo.of(model).samples(2), MonteCarlo.atMean(model))) {
      MonteCarlo precise = predictor.precision(precision);
      Parallel.setThreads(2);
      INDArray all = Kernels.with(kernels, () -> precise.outputs(x));
      assertPreparedIsTheSame(precise, kernels, x, all);
      int threads = 1;
      for (int[] part : new int[][] {{0, 1}, {66, 67}, {40, 41}, {13, 15}, {30, 62}, {1, 34}}) {
        Parallel.setThreads(threads++ % 3 + 1);
        INDArray some = x.get(NDArrayIndex.interval(part[0], part[1])).dup('c');
        INDArray alone = Kernels.with(kernels, () -> precise.outputs(some));
        assertSame(alone, all, part[0], part[1]);
      }
      Parallel.setThreads(3);
      INDArray small = Kernels.with(kernels, () -> precise.batchSize(7).outputs(x));
      assertSame(small, all, 0, EXAMPLES);
    }
  }

  private static void assertPreparedIsTheSame(
      MonteCarlo predictor, KernelProvider kernels, INDArray x, INDArray all) {
    try (PreparedPredictor prepared = predictor.prepared()) {
      for (int to : new int[] {1, 33, EXAMPLES}) {
        INDArray some = x.get(NDArrayIndex.interval(0, to)).dup('c');
        assertSame(Kernels.with(kernels, () -> prepared.outputs(some)), all, 0, to);
      }
    }
  }

  private static void assertSame(INDArray part, INDArray all, int from, int to) {
    INDArray expected =
        Layout.ROW_MAJOR.ensure(
            all.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to)).dup('c'));
    assertThat(FloatMemory.numbers(part, "part"))
        .as("examples %d to %d", from, to)
        .isEqualTo(FloatMemory.numbers(expected, "expected"));
  }
}
