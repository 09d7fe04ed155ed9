package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalLayers;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TrainerTest {
  private static final int EXAMPLES = 90;
  private final int threads = Parallel.threads();

  @AfterEach
  void restoreThreads() {
    Parallel.setThreads(threads);
  }

  /** Two classes, apart by the sign of the first input. */
  private static Dataset twoClasses() {
    INDArray x = Noise.seeded(1).normals(EXAMPLES, 4);
    int[] labels = new int[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      labels[i] = x.getFloat(i, 0) > 0 ? 1 : 0;
    }
    return Dataset.of(x, labels, 2);
  }

  private static Sequential model() {
    Init init = Init.seeded(2);
    VariationalSpec spec = VariationalSpec.defaults();
    return Sequential.of(
        new LinearFlipout(4, 16, spec, init),
        new BatchNorm1d(16),
        Activation.RELU,
        new Dropout(0.1),
        new LinearReparameterization(16, 2, spec, init));
  }

  private static Trainer.Builder trainer(Sequential model) {
    return Trainer.of(model, Losses.crossEntropy(), twoClasses())
        .batchSize(32)
        .seed(3)
        .learningRate(Schedule.constant(0.02))
        .beta(Schedule.linear(0, 1, 3));
  }

  private static Map<String, double[]> numbers(Sequential model) {
    Map<String, double[]> numbers = new LinkedHashMap<>();
    StateDict.of(model).forEach((name, array) -> numbers.put(name, Doubles.of(array)));
    return numbers;
  }

  private static void assertSame(Sequential one, Sequential other) {
    Map<String, double[]> expected = numbers(one);
    Map<String, double[]> actual = numbers(other);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, values) -> assertThat(actual.get(name)).as(name).isEqualTo(values));
  }

  @Test
  void learns() throws IOException {
    List<EpochRecord> history = trainer(model()).epochs(20).build().fit();
    assertThat(history).hasSize(20);
    assertThat(history.get(19).training().get("accuracy")).isGreaterThan(0.9);
    assertThat(history.get(19).negativeLogLikelihood())
        .isLessThan(history.get(0).negativeLogLikelihood());
    assertThat(history.get(0).kl()).isPositive();
  }

  @Test
  void aResumedRunGivesTheNumbersOfAnUninterruptedOne(@TempDir Path folder) throws IOException {
    Sequential whole = model();
    List<EpochRecord> expected = trainer(whole).epochs(5).build().fit();
    Path file = folder.resolve("run.safetensors");
    trainer(model()).epochs(2).checkpoint(file).build().fit();

    Sequential resumed = model();
    List<EpochRecord> history = trainer(resumed).epochs(5).checkpoint(file).resume().build().fit();

    assertSame(whole, resumed);
    assertThat(history).hasSize(5);
    for (int i = 0; i < 5; i++) {
      assertThat(history.get(i).loss()).isEqualTo(expected.get(i).loss());
      assertThat(history.get(i).training()).isEqualTo(expected.get(i).training());
    }
  }

  @Test
  void resumingAnotherRunIsAnErrorThatChangesNothing(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("run.safetensors");
    trainer(model()).epochs(1).checkpoint(file).build().fit();
    Sequential fresh = model();
    assertThatThrownBy(
            () -> trainer(fresh).seed(4).epochs(2).checkpoint(file).resume().build().fit())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("run.safetensors")
        .hasMessageContaining("was written with seed 3 (now 4);");
    assertSame(model(), fresh);
  }

  @Test
  void theNumberOfThreadsChangesNoBit() throws IOException {
    List<Sequential> models = new ArrayList<>();
    for (int count : new int[] {1, 2, 5}) {
      Parallel.setThreads(count);
      Sequential model = model();
      trainer(model).epochs(2).samples(2).build().fit();
      models.add(model);
    }
    assertSame(models.get(0), models.get(1));
    assertSame(models.get(0), models.get(2));
  }

  @Test
  void aNumberThatIsNotFiniteStopsTheRunAndNamesTheLayer() {
    Sequential model = model();
    Layers.parameters(model).get("4.weight.mu").value().putScalar(3, Float.POSITIVE_INFINITY);
    Map<String, double[]> before = numbers(model);
    assertThatThrownBy(() -> trainer(model).epochs(1).build().fit())
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("4.weight.mu")
        .hasMessageContaining("epoch 1, step 1");
    numbers(model).forEach((name, values) -> assertThat(values).isEqualTo(before.get(name)));
  }

  @Test
  void anExplodingActivationNamesItsLayer() {
    Sequential model = model();
    Layers.parameters(model).get("1.weight").value().assign(3e38f);
    assertThatThrownBy(() -> trainer(model).epochs(1).build().fit())
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("layer \"1\"")
        .hasMessageContaining("BatchNorm1d");
  }

  @Test
  void stopsEarly() throws IOException {
    List<EpochRecord> history =
        trainer(model())
            .epochs(50)
            .validation(m -> Map.of("nll", 1.0))
            .earlyStopping(new EarlyStopping("nll", 3))
            .build()
            .fit();
    assertThat(history).hasSize(4);
  }

  /** With a constant likelihood the divergence alone acts, and its least is at the prior. */
  @Test
  void T8_theDivergenceAloneMovesThePosteriorToThePrior() throws IOException {
    VariationalSpec spec = VariationalSpec.defaults().withPrior(GaussianPrior.of(0.5, 0.3));
    LinearReparameterization layer = new LinearReparameterization(3, 2, spec, Init.seeded(1));
    Dataset zeros = Dataset.of(Nd4j.zeros(8, 3), Nd4j.zeros(8, 2));
    Trainer.of(Sequential.of(layer), (y, t) -> Ops.scale(Ops.sum(y), 0), zeros)
        .epochs(1500)
        .batchSize(8)
        .learningRate(Schedule.cosine(0.05, 0.0005, 1500))
        .build()
        .fit();
    layer
        .distributions()
        .values()
        .forEach(
            p -> {
              for (double mu : Doubles.of(p.posterior().mu().value())) {
                assertThat(mu).isBetween(0.49, 0.51);
              }
              for (double sigma : Doubles.of(p.posterior().sigma())) {
                assertThat(sigma).isBetween(0.29, 0.31);
              }
            });
  }

  /**
   * Bayesian linear regression with orthogonal inputs: the exact posterior is factorised, with
   * precision 1 / s^2 + sum x^2 / noise^2 for each weight.
   */
  @ParameterizedTest
  @EnumSource(Estimator.class)
  void convergesToTheExactPosterior(Estimator estimator) throws IOException {
    int n = 64;
    double noise = 0.5;
    double priorSigma = 1;
    float[] x = new float[n * 2];
    float[] y = new float[n];
    float[] eps = new float[n];
    Noise.seeded(4).normals(eps, 0, n, 0);
    for (int i = 0; i < n; i++) {
      x[2 * i] = i % 2 == 0 ? 0.5f : 0;
      x[2 * i + 1] = i % 2 == 0 ? 0 : 0.25f;
      y[i] = (float) (0.8 * x[2 * i] - 1.2 * x[2 * i + 1] + noise * eps[i]);
    }
    VariationalSpec spec = VariationalSpec.defaults().withPrior(GaussianPrior.of(0, priorSigma));
    var layer =
        VariationalLayers.fresh(new AffineOp.Dense(2, 1, false), estimator, spec, Init.seeded(1));
    Trainer.of(
            Sequential.of(layer),
            Losses.gaussianNll(noise),
            Dataset.of(
                Nd4j.createFromArray(x).reshape(n, 2), Nd4j.createFromArray(y).reshape(n, 1)))
        .epochs(1500)
        .batchSize(n)
        .samples(4)
        .learningRate(Schedule.cosine(0.03, 0.0003, 1500))
        .build()
        .fit();
    double[] mu = Doubles.of(layer.parameters().get("weight.mu").value());
    double[] sigma = Doubles.of(layer.distributions().get("weight").posterior().sigma());
    for (int k = 0; k < 2; k++) {
      double squares = 0;
      double products = 0;
      for (int i = 0; i < n; i++) {
        squares += x[2 * i + k] * x[2 * i + k];
        products += x[2 * i + k] * y[i];
      }
      double precision = 1 / (priorSigma * priorSigma) + squares / (noise * noise);
      double exactSigma = 1 / Math.sqrt(precision);
      assertThat(mu[k])
          .isBetween(
              products / (noise * noise) / precision - 0.15 * exactSigma,
              products / (noise * noise) / precision + 0.15 * exactSigma);
      assertThat(sigma[k]).isBetween(0.93 * exactSigma, 1.07 * exactSigma);
    }
  }

  @Test
  void aRateAndABetaThatStayAreNumbers() throws IOException {
    Sequential scheduled = model();
    trainer(scheduled)
        .epochs(1)
        .learningRate(Schedule.constant(0.01))
        .beta(Schedule.constant(0.5))
        .build()
        .fit();
    Sequential constant = model();
    List<EpochRecord> history =
        trainer(constant).epochs(1).learningRate(0.01).beta(0.5).build().fit();
    assertSame(scheduled, constant);
    assertThat(history.get(0).learningRate()).isEqualTo(0.01);
    assertThat(Elbo.of(50).withBeta(0.5).klWeight(3)).isEqualTo(0.01);
    assertThatThrownBy(() -> trainer(constant).learningRate(0))
        .hasMessage("learningRate must be finite and > 0, got 0.0");
    assertThatThrownBy(() -> trainer(constant).beta(-1))
        .hasMessage("beta must be finite and >= 0, got -1.0");
    assertThatThrownBy(() -> Elbo.of(50).withBeta(Double.NaN)).hasMessageContaining("beta");
  }

  @Test
  void settingsThatDoNotGoTogetherAreErrors() {
    assertThatThrownBy(() -> trainer(model()).resume().build()).hasMessageContaining("checkpoint");
    assertThatThrownBy(() -> trainer(model()).earlyStopping(new EarlyStopping("a", 1)).build())
        .hasMessageContaining("validation");
    assertThatThrownBy(() -> trainer(model()).epochs(0)).hasMessageContaining("epochs must be > 0");
    assertThatThrownBy(() -> Dataset.of(Nd4j.ones(2, 3), new int[] {0, 5}, 3))
        .hasMessageContaining("labels[1]")
        .hasMessageContaining("5");
    assertThatThrownBy(() -> Dataset.of(Nd4j.ones(2, 3).putScalar(4, Float.NaN), Nd4j.ones(2, 1)))
        .hasMessageContaining("row 1");
    assertThatThrownBy(() -> Dataset.of(Nd4j.ones(2, 3), Nd4j.ones(3, 1)))
        .hasMessageContaining("2 rows");
  }

  @Test
  void aPlainModelTrainsOnItsLossAlone() throws IOException {
    Sequential plain = Sequential.of(LayerFactory.deterministic(Init.seeded(1)).linear(4, 2));
    List<EpochRecord> history = trainer(plain).epochs(2).build().fit();
    assertThat(history.get(1).kl()).isZero();
    assertThat(history.get(1).loss()).isEqualTo(history.get(1).negativeLogLikelihood());
  }
}
