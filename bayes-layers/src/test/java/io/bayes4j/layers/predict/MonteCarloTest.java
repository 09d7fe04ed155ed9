package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.NativeMemory;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.variational.Conv2dFlipout;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class MonteCarloTest {
  private final int threads = Parallel.threads();

  @AfterEach
  void restoreThreads() {
    Parallel.setThreads(threads);
  }

  /** Images of 5 x 5 to three classes, with all that is random in it. */
  private static Sequential model() {
    Init init = Init.seeded(1);
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.3);
    return Sequential.of(
        new Conv2dFlipout(ConvSpec.conv2d(1, 4, 3), spec, init),
        Activation.RELU,
        new Dropout(0.3),
        new Flatten(),
        new LinearReparameterization(36, 8, spec, init),
        Activation.TANH,
        new LinearFlipout(8, 3, spec, init));
  }

  private static INDArray images(int n) {
    return Noise.seeded(2).normals(n, 1, 5, 5);
  }

  @Test
  void anExamplesPredictionDoesNotDependOnItsBatch() {
    Sequential model = model();
    for (Mode mode : new Mode[] {Mode.SAMPLE, Mode.DROPOUT_SAMPLE}) {
      MonteCarlo whole = MonteCarlo.of(model).samples(4).mode(mode).batchSize(256);
      INDArray expected = whole.classify(images(23)).probabilities();
      for (int size : new int[] {1, 7}) {
        INDArray actual = whole.batchSize(size).classify(images(23)).probabilities();
        Doubles.assertClose("batch size " + size, actual, expected, 1e-5);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameNumbersWhateverTheThreads() {
    Sequential model = model();
    List<double[]> results = new ArrayList<>();
    for (int count : new int[] {1, 2, 3}) {
      Parallel.setThreads(count);
      results.add(Doubles.of(MonteCarlo.of(model).seed(5).classify(images(40)).probabilities()));
    }
    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(results.get(2)).isEqualTo(results.get(0));
    double[] other = Doubles.of(MonteCarlo.of(model).seed(6).classify(images(40)).probabilities());
    assertThat(other).isNotEqualTo(results.get(0));
  }

  @Test
  void twoThreadsMayPredictWithOneModelAtOnce() throws InterruptedException, ExecutionException {
    MonteCarlo predictor = MonteCarlo.of(model()).samples(5).batchSize(8);
    double[] expected = Doubles.of(predictor.classify(images(30)).probabilities());
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      List<Future<double[]>> futures = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        futures.add(pool.submit(() -> Doubles.of(predictor.classify(images(30)).probabilities())));
      }
      for (Future<double[]> future : futures) {
        assertThat(future.get()).isEqualTo(expected);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void memoryDoesNotGrowOverTenThousandPredictions() {
    MonteCarlo predictor = MonteCarlo.of(model()).samples(1);
    INDArray image = images(1);
    NativeMemory.assertSteady(1000, 10_000, () -> predictor.classify(image));
  }

  @Test
  void atTheMeanIsOnePassWithoutNoise() {
    Sequential model = model();
    INDArray expected =
        Gradients.off(() -> Pass.mean().run(model, Var.constant(images(6))).value().dup());
    INDArray actual = MonteCarlo.atMean(model).outputs(images(6));
    assertThat(actual.shape()).containsExactly(1, 6, 3);
    assertThat(Doubles.of(actual)).isEqualTo(Doubles.of(expected));
  }

  @Test
  void probabilitiesAreThoseOfTheLogits() {
    MonteCarlo predictor = MonteCarlo.of(model()).samples(3);
    double[] logits = Doubles.of(predictor.outputs(images(2)));
    double[] p = Doubles.of(predictor.classify(images(2)).probabilities());
    for (int row = 0; row < logits.length; row += 3) {
      double sum = Math.exp(logits[row]) + Math.exp(logits[row + 1]) + Math.exp(logits[row + 2]);
      for (int k = 0; k < 3; k++) {
        assertThat(p[row + k]).isCloseTo(Math.exp(logits[row + k]) / sum, within(1e-6));
      }
    }
  }

  @Test
  void regressionTellsNoiseFromIgnorance() {
    VariationalSpec spec = VariationalSpec.defaults();
    Sequential model = Sequential.of(new LinearReparameterization(3, 2, spec, Init.seeded(1)));
    INDArray x = Noise.seeded(3).normals(4, 3);
    RegressionPrediction known = MonteCarlo.of(model).samples(20).regress(x, 0.5);
    assertThat(known.mean().shape()).containsExactly(4, 2);
    for (double v : Doubles.of(known.aleatoricVariance())) {
      assertThat(v).isEqualTo(0.25);
    }
    RegressionPrediction predicted = MonteCarlo.of(model).samples(20).regress(x);
    assertThat(predicted.mean().shape()).containsExactly(4, 1);
    double[] raw = Doubles.of(MonteCarlo.of(model).samples(20).outputs(x));
    assertThat(Doubles.of(predicted.variances())[0])
        .isCloseTo(Math.log1p(Math.exp(raw[1])) + 1e-6, within(1e-6));
    for (double v : Doubles.of(predicted.epistemicVariance())) {
      assertThat(v).isPositive();
    }
  }

  @Test
  void badInputIsNamed() {
    MonteCarlo predictor = MonteCarlo.of(model());
    assertThatThrownBy(() -> predictor.classify(Nd4j.create(DataType.FLOAT, 0, 1, 5, 5)))
        .hasMessageContaining("non-empty");
    assertThatThrownBy(() -> predictor.classify(images(3).putScalar(30, Float.NaN)))
        .hasMessageContaining("row 1");
    assertThatThrownBy(() -> predictor.classify(Noise.seeded(1).normals(3, 2, 5, 5)))
        .hasMessageContaining("[N, 1, 2 spatial axes]")
        .hasMessageContaining("[3, 2, 5, 5]");
    assertThatThrownBy(() -> predictor.classify(Nd4j.ones(DataType.INT32, 3, 1, 5, 5)))
        .hasMessageContaining("INT");
    assertThatThrownBy(() -> predictor.samples(0)).hasMessageContaining("samples must be > 0");
    Sequential maps = Sequential.of(new Conv2d(ConvSpec.conv2d(1, 1, 3), Init.seeded(1)));
    assertThatThrownBy(() -> MonteCarlo.atMean(maps).classify(images(2)))
        .hasMessageContaining("[N, K] logits of 2 or more classes")
        .hasMessageContaining("classifyBinary");
  }

  /** One pass after the other, nothing shared. */
  private static double[] plainLoop(Layer model, INDArray x, int samples, int batchSize) {
    Noise noise = Noise.seeded(0).split("predict");
    List<INDArray> outputs = new ArrayList<>();
    for (int s = 0; s < samples; s++) {
      for (long from = 0; from < x.size(0); from += batchSize) {
        long to = Math.min(x.size(0), from + batchSize);
        Var batch = Var.constant(x.get(NDArrayIndex.interval(from, to)).dup('c'));
        Pass pass = Pass.sample(noise.split(s)).forExamplesFrom(from);
        outputs.add(Gradients.off(() -> pass.run(model, batch).value().dup('c')));
      }
    }
    return Doubles.of(Nd4j.concat(0, outputs.toArray(INDArray[]::new)));
  }

  /** A deterministic body whose runs are counted, tied, with a Bayesian head. */
  private static Sequential lastLayerBayesian(Layer counted) {
    Init init = Init.seeded(1);
    return Sequential.of(
        new Conv2d(ConvSpec.conv2d(1, 4, 3), init),
        counted,
        new ResidualPair(Activation.TANH, counted),
        new Flatten(),
        new LinearFlipout(36, 8, VariationalSpec.defaults(), init),
        Activation.RELU,
        new LinearReparameterization(8, 3, VariationalSpec.defaults(), init));
  }

  /** a(x) + b(x): work of its own between the layers. */
  private static final class ResidualPair extends Block {
    private final Slot<Layer> a;
    private final Slot<Layer> b;

    ResidualPair(Layer a, Layer b) {
      this.a = slot("a", a);
      this.b = slot("b", b);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return Ops.add(a.forward(x, pass), b.forward(x, pass));
    }
  }

  @Test
  void samplesAreThoseOfThePlainLoop() {
    for (Layer model : List.of(model(), lastLayerBayesian(new Identity()))) {
      double[] expected = plainLoop(model, images(10), 5, 4);
      INDArray actual = MonteCarlo.of(model).samples(5).batchSize(4).outputs(images(10));
      assertThat(Doubles.of(actual)).containsExactly(expected, within(1e-6));
      INDArray inOneBatch = MonteCarlo.of(model).samples(5).outputs(images(10));
      assertThat(Doubles.of(inOneBatch)).containsExactly(expected, within(1e-5));
    }
  }

  @Test
  void whatDoesNotDependOnTheDrawIsComputedOnce() {
    AtomicInteger runs = new AtomicInteger();
    Layer counted =
        (x, pass) -> {
          runs.incrementAndGet();
          return Ops.scale(x, 2);
        };
    MonteCarlo.of(lastLayerBayesian(counted)).samples(6).batchSize(4).outputs(images(8));
    assertThat(runs).as("two inputs in each of two batches").hasValue(4);
  }

  @Test
  void whatDependsOnTheDrawIsComputedForEach() {
    AtomicInteger runs = new AtomicInteger();
    Layer noisy =
        (x, pass) -> {
          runs.incrementAndGet();
          INDArray noise = pass.noise().normals(1, 1, 1, 1);
          return Ops.add(x, Var.constant(noise));
        };
    INDArray y = MonteCarlo.of(lastLayerBayesian(noisy)).samples(3).outputs(images(2));
    assertThat(runs).as("two inputs of each of three samples").hasValue(6);
    double[] all = Doubles.of(y);
    assertThat(all[0]).isNotEqualTo(all[6]);
  }

  @Test
  void aPrecisionWithoutKernelsIsRefused() {
    MonteCarlo predictor = MonteCarlo.of(model()).precision(Precision.BF16);
    assertThatThrownBy(() -> Kernels.with(Kernels.portable(), () -> predictor.outputs(images(1))))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("BF16");
  }

  @Test
  void aLayerMayKeepItsInput() {
    List<Var> kept = new ArrayList<>();
    Layer keeping =
        (x, pass) -> {
          kept.add(x);
          return Activations.tanh(x);
        };
    Layer using = (x, pass) -> Ops.add(x, kept.get(kept.size() - 1));
    Sequential model =
        Sequential.of(
            new Conv2dFlipout(ConvSpec.conv2d(1, 4, 3), VariationalSpec.defaults(), Init.seeded(1)),
            keeping,
            Activation.TANH,
            using);
    double[] expected = plainLoop(model, images(2), 2, 2);
    INDArray actual = MonteCarlo.of(model).samples(2).outputs(images(2));
    assertThat(Doubles.of(actual)).containsExactly(expected, within(1e-6));
  }

  @Test
  void whatIsSettledIsComputedOnce() {
    AtomicInteger runs = new AtomicInteger();
    Layer counted =
        (x, pass) -> {
          runs.incrementAndGet();
          return Activations.tanh(x);
        };
    Sequential model =
        Sequential.of(
            counted,
            counted,
            counted,
            new Flatten(),
            new LinearReparameterization(25, 3, VariationalSpec.defaults(), Init.seeded(1)),
            Activation.RELU);
    double[] expected = plainLoop(model, images(4), 6, 4);
    runs.set(0);
    INDArray actual = MonteCarlo.of(model).samples(6).outputs(images(4));
    assertThat(Doubles.of(actual)).containsExactly(expected, within(1e-6));
    assertThat(runs).hasValue(3);
  }
}
