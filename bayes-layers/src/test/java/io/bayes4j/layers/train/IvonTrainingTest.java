package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Ivon;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.VariationalLayers;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** IVON behind a trainer. */
class IvonTrainingTest {
  private static final int N = 200;
  private static final double NOISE = 0.5;
  private static final double DECAY = 0.01;
  private static final INDArray X =
      Noise.seeded(1).normals(N, 3).muliRowVector(Samples.array(new long[] {1, 3}, 1, 0.3, 2));

  private static Dataset data() {
    INDArray weights = Samples.array(new long[] {3, 1}, 1, -2, 0.5);
    INDArray noise = Noise.seeded(2).normals(N, 1).muli(NOISE);
    return Dataset.of(X, Detached.copy(X.mmul(weights).addi(noise)));
  }

  private static Layer model(Estimator estimator) {
    return VariationalLayers.fresh(
        new AffineOp.Dense(3, 1, false), estimator, VariationalSpec.defaults(), Init.seeded(1));
  }

  private static Trainer.Builder run(Layer model, int epochs) {
    return Trainer.of(model, Losses.gaussianNll(NOISE), data())
        .epochs(epochs)
        .batchSize(50)
        .beta(0)
        .learningRate(0.1)
        .optimizer(
            parameters -> Ivon.of(parameters, N, 0.5, 0.9, 0.99, DECAY, Double.POSITIVE_INFINITY));
  }

  /** Of a linear model the best factorised posterior is known: precisions are those of the data. */
  @ParameterizedTest
  @EnumSource(Estimator.class)
  void findsTheFactorisedPosteriorOfALinearModel(Estimator estimator) throws IOException {
    Layer model = model(estimator);
    run(model, 400).samples(2).accumulate(2).build().fit();
    double[] sigma = Doubles.of(Kl.distributions(model).get("weight").posterior().sigma());
    double[] mean = Doubles.of(Kl.distributions(model).get("weight").posterior().mu().value());
    double[] truth = {1, -2, 0.5};
    for (int i = 0; i < 3; i++) {
      double squares = X.getColumn(i).mul(X.getColumn(i)).meanNumber().doubleValue();
      double expected = 1 / Math.sqrt(N * (squares / (NOISE * NOISE) + DECAY));
      assertThat(sigma[i]).isCloseTo(expected, within(0.15 * expected));
      assertThat(mean[i]).isCloseTo(truth[i], within(4 * expected + 0.02));
    }
  }

  @Test
  void aResumedRunGivesTheNumbersOfAnUninterruptedOne(@TempDir Path folder) throws IOException {
    Layer whole = model(Estimator.FLIPOUT);
    run(whole, 6).build().fit();
    Path file = folder.resolve("run.safetensors");
    run(model(Estimator.FLIPOUT), 3).checkpoint(file).build().fit();
    Layer resumed = model(Estimator.FLIPOUT);
    run(resumed, 6).checkpoint(file).resume().build().fit();
    Layers.parameters(whole)
        .forEach(
            (path, p) ->
                assertThat(Doubles.of(Layers.parameters(resumed).get(path).value()))
                    .isEqualTo(Doubles.of(p.value())));
  }

  @Test
  void refusesADivergenceBesideItsOwnPrior() {
    Layer model = model(Estimator.FLIPOUT);
    assertThatThrownBy(() -> run(model, 1).beta(1).build().fit())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("beta must be 0 with Ivon(");
  }
}
