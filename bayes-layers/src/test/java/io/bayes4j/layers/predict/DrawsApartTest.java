package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.Conv2dReparameterization;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Draws for few examples, which threads share. */
class DrawsApartTest {
  private static final ConvSpec CONV = ConvSpec.conv2d(2, 3, 3).withPadding(1);

  private final int threads = Parallel.threads();

  @AfterEach
  void restoreThreads() {
    Parallel.setThreads(threads);
  }

  private static VariationalSpec wide() {
    return VariationalSpec.defaults().withInitialSigma(0.3);
  }

  private static Layer bayesianHead() {
    return new LinearReparameterization(3 * 5 * 5, 4, wide(), Init.seeded(2));
  }

  private static Sequential bayesian() {
    return Sequential.of(
        new Conv2dReparameterization(CONV, wide(), Init.seeded(1)),
        Activation.RELU,
        new Flatten(),
        bayesianHead());
  }

  private static Sequential bayesianAtTheEnd() {
    return Sequential.of(
        new Conv2d(CONV, Init.seeded(1)), Activation.RELU, new Flatten(), bayesianHead());
  }

  private static INDArray images(int n) {
    return Noise.seeded(3).normals(n, 2, 5, 5);
  }

  @Test
  void areTheSameOnAnyNumberOfThreads() {
    for (Sequential model : new Sequential[] {bayesian(), bayesianAtTheEnd()}) {
      for (int samples : new int[] {1, 2, 3, 9}) {
        MonteCarlo predictor = MonteCarlo.of(model).samples(samples);
        Parallel.setThreads(1);
        double[] alone = Doubles.of(predictor.outputs(images(2)));
        for (int count : new int[] {2, 3, 8}) {
          Parallel.setThreads(count);
          assertThat(Doubles.of(predictor.outputs(images(2)))).containsExactly(alone);
        }
      }
    }
  }

  @Test
  void areTheSameAsOfManyExamples() {
    MonteCarlo predictor = MonteCarlo.of(bayesian()).samples(9);
    Parallel.setThreads(2);
    double[] one = Doubles.of(predictor.outputs(images(1)));
    INDArray of200 = predictor.outputs(images(200));
    for (int sample = 0; sample < 9; sample++) {
      for (int k = 0; k < 4; k++) {
        assertThat(of200.getDouble(sample, 0, k)).isEqualTo(one[sample * 4 + k]);
      }
    }
  }

  @Test
  void runOnAllThreads() {
    Parallel.setThreads(2);
    Set<Thread> seen = Collections.synchronizedSet(new HashSet<>());
    CountDownLatch both = new CountDownLatch(2);
    AtomicInteger runs = new AtomicInteger();
    Layer watching =
        (x, pass) -> {
          // The first draw is everybody's.
          if (runs.incrementAndGet() > 1 && seen.add(Thread.currentThread())) {
            both.countDown();
            await(both);
          }
          return x;
        };
    Sequential model = Sequential.of(new Flatten(), bayesianAtOnce(), watching);
    MonteCarlo.of(model).samples(9).outputs(images(1));
    assertThat(seen).hasSize(2);
    assertThat(runs).hasValue(9);
  }

  private static Layer bayesianAtOnce() {
    return new LinearReparameterization(50, 4, wide(), Init.seeded(2));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).as("a second thread").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void areNotKept() {
    int wide = 300_000;
    MonteCarlo predictor =
        MonteCarlo.of(new LinearReparameterization(wide, 1, wide(), Init.seeded(4))).samples(20);
    long before = MonteCarlo.DRAWS.idleBytes();
    predictor.outputs(Noise.seeded(5).normals(1, wide));
    // The standard deviations are, which all draws share; one draw more would be twice as much.
    assertThat(MonteCarlo.DRAWS.idleBytes() - before).isLessThan(5L * wide);
  }
}
