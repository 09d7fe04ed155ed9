package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.BatchNormSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Last layers that are wide, and what many users do at once with one. */
class LargeLaplaceTest {
  private static Dataset data(int examples, int inputs, int classes) {
    INDArray x = Noise.seeded(1).normals(examples, inputs);
    return Dataset.of(x, IntStream.range(0, examples).map(n -> n % classes).toArray(), classes);
  }

  private static LastLayerLaplace fit(Layer model, Dataset data, LaplaceCovariance covariance) {
    return LastLayerLaplace.fit(model, data, Likelihood.classes(), covariance);
  }

  /** A matrix of classes by classes for each example of a batch would take 20 GB. */
  @Test
  void manyClassesWithADiagonal() {
    Dataset data = data(300, 8, 3100);
    LastLayerLaplace laplace =
        fit(new Linear(8, 3100, Init.seeded(1)), data, LaplaceCovariance.DIAGONAL);
    INDArray x = Noise.seeded(2).normals(3, 8);
    assertThat(laplace.samples(2).outputs(x).shape()).containsExactly(2, 3, 3100);
    assertThat(laplace.variance(x).minNumber().doubleValue()).isPositive();
    INDArray sums = laplace.probit().classify(x).mean().sum(1);
    assertThat(sums.getDouble(0)).isCloseTo(1, within(1e-4));
  }

  /** Variances need no draws, and agree with those of many. */
  @Test
  void drawsHaveTheVarianceThatIsPromised() {
    LastLayerLaplace laplace =
        fit(new Linear(9, 40, Init.seeded(1)), data(300, 9, 40), LaplaceCovariance.KRONECKER);
    INDArray x = Noise.seeded(2).normals(2, 9);
    int samples = 4000;
    INDArray drawn = laplace.samples(samples).outputs(x);
    INDArray expected = laplace.variance(x);
    INDArray covariance = laplace.covariance(x);
    for (int n = 0; n < 2; n++) {
      for (int k = 0; k < 40; k++) {
        double variance = expected.getDouble(n, k);
        INDArray own = drawn.get(NDArrayIndex.all(), NDArrayIndex.point(n), NDArrayIndex.point(k));
        assertThat(own.varNumber().doubleValue())
            .isCloseTo(variance, within(6 * variance * Math.sqrt(2.0 / samples)));
        assertThat(covariance.getDouble(n, k, k)).isCloseTo(variance, within(1e-5 * variance));
      }
    }
  }

  @Test
  void theBitsDoNotDependOnTheThreads() {
    int before = Parallel.threads();
    Dataset data = data(200, 70, 30);
    INDArray x = Noise.seeded(2).normals(20, 70);
    try {
      List<double[]> results = new ArrayList<>();
      for (int threads : new int[] {1, 2, 5}) {
        Parallel.setThreads(threads);
        LastLayerLaplace laplace =
            fit(new Linear(70, 30, Init.seeded(1)), data, LaplaceCovariance.KRONECKER);
        results.add(Doubles.of(laplace.samples(7).outputs(x)));
        results.add(Doubles.of(laplace.variance(x)));
      }
      for (int i = 2; i < results.size(); i++) {
        assertThat(results.get(i)).isEqualTo(results.get(i % 2));
      }
    } finally {
      Parallel.setThreads(before);
    }
  }

  /** Nobody sees the network of another's prediction: nothing of it is exchanged meanwhile. */
  @Test
  void severalThreadsPredictWithOneAndWithItsNetwork() throws Exception {
    Init init = Init.seeded(1);
    Sequential model =
        Sequential.of(new Linear(5, 16, init), Activation.RELU, new Linear(16, 4, init));
    LastLayerLaplace laplace = fit(model, data(100, 5, 4), LaplaceCovariance.FULL).samples(3);
    List<INDArray> inputs =
        IntStream.range(0, 4).mapToObj(i -> Noise.seeded(i).normals(6 + i, 5)).toList();
    List<INDArray> expected = inputs.stream().map(laplace::outputs).toList();
    List<INDArray> plain = inputs.stream().map(MonteCarlo.atMean(model)::outputs).toList();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> work = new ArrayList<>();
      for (int turn = 0; turn < 200; turn++) {
        int i = turn % 4;
        boolean own = turn % 3 == 0;
        work.add(
            () ->
                own
                    ? MonteCarlo.atMean(model).outputs(inputs.get(i)).equals(plain.get(i))
                    : laplace.outputs(inputs.get(i)).equals(expected.get(i)));
      }
      for (Future<Boolean> result : pool.invokeAll(work)) {
        assertThat(result.get()).isTrue();
      }
    } finally {
      pool.shutdown();
    }
  }

  /** Such a network predicts for a batch at a time, and so does the posterior of its last layer. */
  @Test
  void batchNormalisationWithoutRunningStatisticsSeesTheBatchesOfThePrediction() {
    Init init = Init.seeded(1);
    Sequential model =
        Sequential.of(
            new Linear(5, 6, init),
            new BatchNorm1d(BatchNormSpec.of(6).withoutRunningStatistics()),
            new Linear(6, 3, init));
    INDArray x = Noise.seeded(3).normals(100, 5).mul(Nd4j.linspace(1, 9, 100).reshape(100, 1));
    LastLayerLaplace laplace =
        fit(model, data(257, 5, 3), LaplaceCovariance.KRONECKER).priorPrecision(1e12).samples(1);
    for (int batch : new int[] {100, 50, 25}) {
      Doubles.assertClose(
          "batches of " + batch,
          laplace.batchSize(batch).outputs(x),
          MonteCarlo.atMean(model).batchSize(batch).outputs(x),
          1e-4);
    }
  }

  @Test
  void whatDoesNotFitIsNamed() {
    LastLayerLaplace laplace =
        fit(new Linear(3, 4, Init.seeded(1)), data(20, 3, 4), LaplaceCovariance.DIAGONAL);
    assertThatThrownBy(() -> laplace.outputs(Nd4j.ones(2, 5, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 5, 3]");
    Layer wide = new Linear(2, 40_000, Init.seeded(1));
    LastLayerLaplace many = fit(wide, data(4, 2, 40_000), LaplaceCovariance.DIAGONAL);
    assertThatThrownBy(() -> many.covariance(Nd4j.ones(2, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("40000 outputs")
        .hasMessageContaining("3200000000");
  }
}
