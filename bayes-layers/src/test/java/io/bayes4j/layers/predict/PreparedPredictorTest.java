package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.NativeMemory;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.BatchNormSpec;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.posterior.Ensemble;
import io.bayes4j.layers.posterior.Swag;
import io.bayes4j.layers.posterior.SwagCollector;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.variational.Conv2dFlipout;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearLocalReparameterization;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class PreparedPredictorTest {
  private static final VariationalSpec SPEC = VariationalSpec.defaults().withInitialSigma(0.3);

  private static final int CALLS = 40;

  private final int threads = Parallel.threads();

  @AfterEach
  void restoreThreads() {
    Parallel.setThreads(threads);
  }

  private static INDArray images(int n) {
    return Noise.seeded(2).normals(n, 1, 6, 6);
  }

  /** Convolution, batch normalisation, dropout, plain and Bayesian layers. */
  private static Sequential model() {
    Init init = Init.seeded(1);
    return Sequential.of(
        new Conv2dFlipout(ConvSpec.conv2d(1, 8, 3), SPEC, init),
        new BatchNorm2d(8),
        Activation.RELU,
        new Conv2d(ConvSpec.conv2d(8, 8, 3), init),
        new BatchNorm2d(8),
        Activation.RELU,
        new Dropout(0.3),
        new Flatten(),
        new LinearReparameterization(32, 16, SPEC, init),
        Activation.TANH,
        new LinearLocalReparameterization(16, 16, SPEC, init),
        new Linear(16, 8, init),
        new LinearFlipout(8, 3, SPEC, init));
  }

  /** Layers that are run elsewhere than in the order of the slots, twice, or past their slot. */
  private static final class Crooked extends Block {
    private final Slot<Layer> last;
    private final Slot<Layer> first;
    private final Slot<Layer> same;

    Crooked() {
      Layer tied = new LinearReparameterization(36, 36, SPEC, Init.seeded(1));
      this.last = slot("last", new LinearFlipout(36, 3, SPEC, Init.seeded(2)));
      this.first = slot("first", tied);
      this.same = slot("same", tied);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      Var flat = Ops.reshape(x, x.size(0), 36);
      Var h = same.forward(flat, pass);
      return last.layer().forward(Ops.add(first.layer().forward(h, pass), h), pass);
    }
  }

  /** A network and how it predicts. */
  private record Case(String name, Layer model, UnaryOperator<MonteCarlo> way) {
    MonteCarlo plain() {
      return way.apply(MonteCarlo.of(model));
    }
  }

  private static List<Case> cases() {
    Layer ofTheBatch =
        Sequential.of(
            new Conv2dFlipout(ConvSpec.conv2d(1, 4, 3), SPEC, Init.seeded(1)),
            new BatchNorm2d(BatchNormSpec.of(4).withoutRunningStatistics()),
            Activation.RELU);
    return List.of(
        new Case("all kinds of layers", model(), way -> way.samples(5).seed(3)),
        new Case("dropout", model(), way -> way.samples(4).mode(Mode.DROPOUT_SAMPLE)),
        new Case("at the mean", model(), way -> way.samples(1).mode(Mode.MEAN)),
        new Case("crooked", new Crooked(), way -> way.samples(4)),
        new Case("statistics of the batch", ofTheBatch, way -> way.samples(3).batchSize(50)));
  }

  @Test
  void theNumbersAreThoseOfTheUnpreparedOne() {
    cases()
        .forEach(
            sample -> {
              String name = sample.name;
              MonteCarlo plain = sample.plain();
              try (PreparedPredictor prepared = plain.prepared();
                  PreparedPredictor warm = plain.prepared(1, 6, 6)) {
                for (int n : new int[] {3, 1, 70, 3, 64}) {
                  double[] expected = Doubles.of(plain.outputs(images(n)));
                  assertThat(Doubles.of(prepared.outputs(images(n)))).as(name).isEqualTo(expected);
                  assertThat(Doubles.of(warm.outputs(images(n)))).as(name).isEqualTo(expected);
                }
              }
            });
  }

  @Test
  void sequencesAreTheSameToo() {
    Layer lstm =
        new LstmReparameterization(
            RecurrentSpec.of(4, 6).withBidirectional(), SPEC, Init.seeded(1));
    MonteCarlo plain = MonteCarlo.of(lstm).samples(3);
    INDArray x = Noise.seeded(1).normals(40, 5, 4);
    try (PreparedPredictor prepared = plain.prepared(5, 4)) {
      assertThat(Doubles.of(prepared.outputs(x))).isEqualTo(Doubles.of(plain.outputs(x)));
    }
  }

  @Test
  void whatBecomesOfTheModelDoesNotMatter() {
    cases()
        .forEach(
            sample -> {
              String name = sample.name;
              MonteCarlo plain = sample.plain();
              try (PreparedPredictor cold = plain.prepared();
                  PreparedPredictor warm = plain.prepared(1, 6, 6)) {
                double[] expected = Doubles.of(plain.outputs(images(4)));
                Layers.parameters(sample.model)
                    .values()
                    .forEach(parameter -> parameter.value().muli(-0.5).addi(0.1));
                Layers.of(sample.model)
                    .forEach(
                        place -> {
                          place.layer().buffers().values().forEach(buffer -> buffer.addi(1));
                          place.layer().slots().stream()
                              .filter(slot -> slot.accepts(Activation.SIGMOID))
                              .filter(slot -> slot.layer() instanceof Activation)
                              .forEach(slot -> slot.replace(Activation.SIGMOID));
                        });
                assertThat(Doubles.of(plain.outputs(images(4)))).as(name).isNotEqualTo(expected);
                assertThat(Doubles.of(cold.outputs(images(4)))).as(name).isEqualTo(expected);
                assertThat(Doubles.of(warm.outputs(images(4)))).as(name).isEqualTo(expected);
              }
            });
  }

  @Test
  void manyThreadsMayPredictAtOnce() throws Exception {
    for (int own : new int[] {1, 3}) {
      Parallel.setThreads(own);
      MonteCarlo plain = MonteCarlo.of(model()).samples(3);
      ExecutorService pool = Executors.newFixedThreadPool(12);
      try (PreparedPredictor prepared = plain.prepared()) {
        List<Future<double[]>> results = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
          int n = 1 + 7 * i % 40;
          results.add(pool.submit(() -> Doubles.of(prepared.outputs(images(n)))));
        }
        for (int i = 0; i < CALLS; i++) {
          assertThat(results.get(i).get())
              .isEqualTo(Doubles.of(plain.outputs(images(1 + 7 * i % 40))));
        }
      } finally {
        pool.shutdownNow();
      }
    }
  }

  @Test
  void memoryIsBoundedAndConstant() {
    Layer model =
        Sequential.of(
            new Conv2dFlipout(ConvSpec.conv2d(1, 32, 3), SPEC, Init.seeded(1)),
            Activation.RELU,
            new Conv2dFlipout(ConvSpec.conv2d(32, 32, 3), SPEC, Init.seeded(1)),
            new BatchNorm2d(32),
            new Flatten(),
            new LinearReparameterization(128, 10, SPEC, Init.seeded(2)));
    long weights = Layers.parameterCount(model) / 2;
    try (PreparedPredictor prepared = MonteCarlo.of(model).samples(6).prepared(1, 6, 6)) {
      int[] call = new int[1];
      NativeMemory.assertSteady(70, 600, () -> prepared.classify(images(1 + 29 * call[0]++ % 64)));
      assertThat(prepared.bytes()).isBetween(6 * weights * 4, 6 * weights * 4 * 3 / 2);
    }
  }

  /** Dense layers have kernels of their own, which take no more than the model once more. */
  @Test
  void aPlainNetworkTakesItsMemoryTwice() {
    Init init = Init.seeded(1);
    Layer model =
        Sequential.of(
            new Conv2d(ConvSpec.conv2d(1, 16, 3), init),
            Activation.RELU,
            new Flatten(),
            new Linear(256, 192, init),
            Activation.RELU,
            new Linear(192, 64, init));
    long weights = Layers.parameterCount(model) * Float.BYTES;
    MonteCarlo plain = MonteCarlo.atMean(model);
    try (PreparedPredictor prepared = plain.prepared(1, 6, 6)) {
      for (int n : new int[] {1, 5, 40}) {
        assertThat(Doubles.of(prepared.outputs(images(n))))
            .isEqualTo(Doubles.of(plain.outputs(images(n))));
      }
      long alignment = 2 * 64;
      assertThat(prepared.bytes()).isBetween(weights, 2 * weights + alignment);
    }
  }

  @Test
  void aClosedOneSaysSo() {
    PreparedPredictor prepared = MonteCarlo.of(model()).samples(2).prepared(1, 6, 6);
    assertThat(prepared.bytes()).isPositive();
    prepared.close();
    prepared.close();
    assertThat(prepared.bytes()).isZero();
    assertThatIllegalStateException()
        .isThrownBy(() -> prepared.classify(images(1)))
        .withMessageContaining("closed");
  }

  @Test
  void badArgumentsAreNamed() {
    MonteCarlo plain = MonteCarlo.of(model()).samples(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plain.prepared(1, 0, 6))
        .withMessageContaining("exampleShape must be positive, got [1, 0, 6]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plain.prepared(2, 6, 6))
        .withMessageContaining("[1, 2, 6, 6]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreparedPredictor.joined(List.of()))
        .withMessageContaining("predictors");
    try (PreparedPredictor prepared = plain.prepared()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> prepared.outputs(images(2).putScalar(3, Float.NaN)))
          .withMessageContaining("row 0");
    }
  }

  @Test
  void ensemblesAndSwagArePreparedToo() {
    Ensemble ensemble = Ensemble.of(List.of(model(), other()));
    try (PreparedPredictor prepared = ensemble.samplesPerMember(3).prepared(1, 6, 6)) {
      assertThat(prepared.samples()).isEqualTo(6);
      assertThat(Doubles.of(prepared.outputs(images(5))))
          .isEqualTo(Doubles.of(ensemble.samplesPerMember(3).outputs(images(5))));
    }
    Layer plain = Sequential.of(new Flatten(), new Linear(36, 3, Init.seeded(1)));
    SwagCollector collector = SwagCollector.of(plain).rank(0);
    for (int epoch = 1; epoch < 4; epoch++) {
      Layers.parameters(plain).values().forEach(parameter -> parameter.value().muli(1.1));
      collector.epoch(new EpochRecord(epoch, 0, 0, 0, 0, 0, 0, Map.of(), Map.of()));
    }
    Swag swag = collector.posterior().samples(4);
    try (PreparedPredictor prepared = swag.prepared()) {
      assertThat(Doubles.of(prepared.outputs(images(5))))
          .isEqualTo(Doubles.of(swag.outputs(images(5))));
    }
  }

  private static Layer other() {
    Layer model = model();
    Layers.parameters(model).values().forEach(parameter -> parameter.value().muli(0.9));
    return model;
  }
}
