package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.ScaleMixturePrior;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DistributedTrainingTest extends LocalSpark {
  private static final int COUNT = 120;
  private static final int INPUTS = LinearNetwork.INPUTS;
  private static final double SIGMA = 0.5;
  private static final float[] NUMBERS =
      FloatMemory.numbers(Noise.seeded(5).normals(COUNT, INPUTS + 1), "numbers");

  private static double x(int i, int k) {
    return k == INPUTS ? 1 : NUMBERS[i * (INPUTS + 1) + k];
  }

  private static double y(int i) {
    return 1 + x(i, 0) - 2 * x(i, 1) + SIGMA * NUMBERS[i * (INPUTS + 1) + INPUTS];
  }

  private static Dataset<Row> data(List<Row> rows) {
    StructType schema =
        new StructType()
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.DoubleType);
    return spark.createDataFrame(rows, schema);
  }

  private static Dataset<Row> data(int partitions) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      rows.add(RowFactory.create(Vectors.dense(x(i, 0), x(i, 1), x(i, 2)), y(i)));
    }
    return data(rows).repartition(partitions);
  }

  /** The best factorised Gaussian, bias last: the posterior's mean, its precision's diagonal. */
  private static Gaussians exact() {
    SimpleMatrix x = new SimpleMatrix(COUNT, INPUTS + 1);
    SimpleMatrix y = new SimpleMatrix(COUNT, 1);
    for (int i = 0; i < COUNT; i++) {
      for (int k = 0; k <= INPUTS; k++) {
        x.set(i, k, x(i, k) / SIGMA);
      }
      y.set(i, 0, y(i) / SIGMA);
    }
    SimpleMatrix precision = x.transpose().mult(x).plus(SimpleMatrix.identity(INPUTS + 1));
    SimpleMatrix mean = precision.solve(x.transpose().mult(y));
    double[] p = new double[INPUTS + 1];
    double[] s = new double[INPUTS + 1];
    for (int k = 0; k <= INPUTS; k++) {
      p[k] = precision.get(k, k);
      s[k] = p[k] * mean.get(k);
    }
    return new Gaussians(p, s);
  }

  private static DistributedTraining training(int epochs) {
    return DistributedTraining.of(
            LinearNetwork.class,
            (model, data) ->
                Trainer.of(model, Losses.gaussianNll(SIGMA), data)
                    .epochs(epochs)
                    .batchSize(20)
                    .samples(2)
                    .learningRate(time -> 0.05 / (1 + time / 10)))
        .inputShape(INPUTS)
        .merging(Merging.PARTITIONED)
        .seed(1);
  }

  /**
   * Training ends with steps of a = 0.05 / 3.5 = 0.014. Where the loss has the curvature h and its
   * gradient the noise s, Adam's steps, a over s times the gradient, leave a weight about sqrt(a s
   * / 2 h) from the optimum.
   *
   * <p>Means: 20 of a part's 40 residuals of spread 0.5 make s = 2 / sqrt(20), and h = 1 / 0.5^2 =
   * 4: 0.028 for a part, 0.016 for three. Logarithms of sigma: h = 2 / 40, and 40 draws, each of
   * spread 1 / (2 sqrt(40)) since a weight has a quarter of its output's variance, make s = 0.0125:
   * 0.042 for a part; precisions move by twice that, the sum of three by 0.048, its sigma by 0.024.
   * The bounds are three and five times that.
   */
  @ParameterizedTest
  @EnumSource(
      value = Merging.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CURVATURE", "GRADIENTS"})
  void linearRegressionIsExactUpToTheNoiseOfItsTraining(Merging rule) throws IOException {
    TrainedNetwork trained = training(25).merging(rule).damping(0.5).rounds(6).fit(data(3));
    assertThat(trained.rounds()).hasSize(6);
    assertExact(trained);
  }

  /**
   * All 120 examples with two draws by each of three parts in every step: its gradients are less
   * noisy than those that the bounds above are for.
   */
  @Test
  void gradientsOfStepsFindTheBestFactorizedGaussian() throws IOException {
    TrainedNetwork trained =
        DistributedTraining.of(
                LinearNetwork.class,
                (model, data) ->
                    Trainer.of(model, Losses.gaussianNll(SIGMA), data)
                        .epochs(80)
                        .batchSize(COUNT)
                        .samples(2)
                        .learningRate(time -> 0.1 * (1 - time / 81)))
            .inputShape(INPUTS)
            .merging(Merging.GRADIENTS)
            .rounds(1)
            .fit(data(3));
    assertExact(trained);
    // A step's answer: three weights and a bias, each with mu and rho, from three parts.
    assertThat(trained.rounds().get(0).bytes()).isEqualTo(80 * 3 * 4 * 2 * Float.BYTES);
  }

  /** With a prior that is no Gaussian, and a count of the descriptions of a part's run. */
  public static final class SparseNetwork implements SeededNetworkFactory {
    private static final AtomicInteger DESCRIBED = new AtomicInteger();

    @Override
    public Layer create(long seed) {
      VariationalSpec spec =
          VariationalSpec.defaults()
              .withPrior(new ScaleMixturePrior(0.5, 1, 0.1))
              .withInitialSigma(0.1);
      return Zoo.mlp(
          LayerFactory.variational(Estimator.REPARAMETERIZATION, spec, Init.seeded(seed)),
          INPUTS,
          1);
    }
  }

  private static DistributedTraining sparse() {
    return DistributedTraining.of(
            SparseNetwork.class,
            (model, data) -> {
              SparseNetwork.DESCRIBED.incrementAndGet();
              return Trainer.of(model, Losses.gaussianNll(SIGMA), data)
                  .epochs(20)
                  .batchSize(COUNT / 2)
                  .learningRate(time -> 0.1 * (1 - time / 21));
            })
        .inputShape(INPUTS);
  }

  @Test
  void gradientsOfStepsTakeAnyPrior() throws IOException {
    String runs = folder.resolve("sparse").toUri().toString();
    SparseNetwork.DESCRIBED.set(0);
    DistributedTraining run = sparse().merging(Merging.GRADIENTS).checkpoint(runs);
    TrainedNetwork trained = run.rounds(1).fit(data(3));
    float[] mean = ModelState.of(trained.model()).mean();
    // Within the noise of a training so short: y = 1 + x_0 - 2 x_1.
    float[] truth = {1, -2, 0, 1};
    for (int k = 0; k <= INPUTS; k++) {
      assertThat(mean[k]).isCloseTo(truth[k], within(0.3f));
    }
    assertThat(SparseNetwork.DESCRIBED.get())
        .as("the driver's run and one for each part, not one for each of 40 steps")
        .isEqualTo(1 + 3);
    TrainedNetwork resumed = run.rounds(2).fit(data(3));
    assertThat(resumed.rounds()).extracting(RoundRecord::round).containsExactly(1, 2);
    assertThatThrownBy(() -> sparse().merging(Merging.AVERAGE).fit(data(3)))
        .hasMessageContaining("must be Gaussian, so that it can be counted once");
  }

  private static void assertExact(TrainedNetwork trained) {
    ModelState found = ModelState.of(trained.model());
    Gaussians exact = exact();
    for (int k = 0; k <= INPUTS; k++) {
      assertThat(found.mean()[k]).isCloseTo(exact.means()[k], within(0.05f));
      assertThat(found.sigma()[k] / exact.sigmas()[k]).isCloseTo(1, within(0.12f));
    }
  }

  @Test
  void aRunThatWasStoppedGoesOnToTheSameNumbers() throws IOException {
    ModelState whole = ModelState.of(training(2).rounds(3).fit(data(2)).model());
    String runs = folder.resolve("runs").toUri().toString();
    training(2).rounds(2).checkpoint(runs).fit(data(2));
    TrainedNetwork resumed = training(2).rounds(3).checkpoint(runs).fit(data(2));
    assertThat(ModelState.of(resumed.model()).mean()).isEqualTo(whole.mean());
    assertThat(ModelState.of(resumed.model()).sigma()).isEqualTo(whole.sigma());
    assertThat(resumed.rounds()).extracting(RoundRecord::round).containsExactly(1, 2, 3);
    try (Stream<Path> files = Files.list(folder.resolve("runs"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("round-0003.safetensors")
          .doesNotContain("round-0002.safetensors");
    }
    assertThatThrownBy(() -> training(2).seed(2).checkpoint(runs).fit(data(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("seed must be that of the run in");
  }

  @Test
  void membersDifferAndAreKept() throws IOException {
    String members = folder.resolve("members").toUri().toString();
    List<Layer> first = training(1).checkpoint(members).fitEnsemble(data(2), 2);
    assertThat(ModelState.of(first.get(0)).mean()).isNotEqualTo(ModelState.of(first.get(1)).mean());
    DistributedTraining broken =
        DistributedTraining.of(
                LinearNetwork.class,
                (model, data) -> {
                  throw new IllegalStateException("one member alone is missing");
                })
            .inputShape(INPUTS)
            .merging(Merging.PARTITIONED)
            .seed(1)
            .checkpoint(members);
    List<Layer> again = broken.fitEnsemble(data(3), 2);
    for (int i = 0; i < 2; i++) {
      assertThat(ModelState.of(again.get(i)).mean()).isEqualTo(ModelState.of(first.get(i)).mean());
    }
    assertThatThrownBy(() -> broken.fitEnsemble(data(3), 3))
        .hasMessageContaining("one member alone is missing");
  }

  /** Begins at the same weights always. */
  public static final class Unseeded implements NetworkFactory {
    @Override
    public Layer create() {
      return new LinearNetwork().create();
    }
  }

  private static final Map<Row, String> BAD =
      Map.of(
          RowFactory.create(null, 1.0), "the input is null",
          RowFactory.create(Vectors.dense(1, 2, Double.NaN), 1.0),
              "the input number 2 must be finite as a float, got NaN",
          RowFactory.create(Vectors.dense(1), 1.0), "the input must have 3 numbers",
          RowFactory.create(Vectors.dense(1, 2, 3), null), "label must not be null",
          RowFactory.create(Vectors.dense(1, 2, 3), Double.POSITIVE_INFINITY),
              "label must be finite as a float, got Infinity");

  private static Dataset<Row> withBad(Dataset<Row> good, List<Row> bad) {
    return good.union(data(bad)).coalesce(1);
  }

  @Test
  void badRowsAreNamedAndEndTheRun() {
    BAD.forEach(
        (row, message) ->
            assertThatThrownBy(() -> training(1).rounds(1).fit(withBad(data(1), List.of(row))))
                .hasMessageContaining(message));
    Map.of(2.0, "2.0", 0.5, "0.5", -1.0, "-1.0")
        .forEach(
            (label, word) -> {
              Row row = RowFactory.create(Vectors.dense(1, 2, 3), label);
              assertThatThrownBy(() -> training(1).classes(2).fit(data(List.of(row))))
                  .hasMessageContaining(
                      "label must be a whole number in [0, 2), the class, got " + word);
            });
  }

  @Test
  void badRowsAreLeftOutAndCountedIfAskedTo() throws IOException {
    TrainedNetwork good = training(1).rounds(1).fit(data(1));
    TrainedNetwork some =
        training(1)
            .rounds(1)
            .badRows(BadRows.SKIP)
            .fit(withBad(data(1), List.copyOf(BAD.keySet())));
    assertThat(good.badRows()).isZero();
    assertThat(some.badRows()).isEqualTo(BAD.size());
    assertThat(ModelState.of(some.model()).mean()).isEqualTo(ModelState.of(good.model()).mean());
    assertThatThrownBy(
            () ->
                training(1).badRows(BadRows.SKIP).fit(data(List.copyOf(BAD.keySet())).coalesce(1)))
        .hasMessageContaining("data must have rows in every partition");
    assertThatThrownBy(() -> training(1).badRows(BadRows.KEEP))
        .hasMessage("badRows must be ERROR or SKIP where one trains, got KEEP");
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> training(1).fit(data(1).drop("label")))
        .hasMessage("data must have a column label, got [features]");
    assertThatThrownBy(() -> training(1).fit(data(1).limit(1).repartition(2)))
        .hasMessageContaining("data must have rows in every partition");
    Dataset<Row> words = data(1).withColumn("label", functions.lit("yes"));
    assertThatThrownBy(() -> training(1).fit(words))
        .hasMessage("column label must be a number or an ML vector, got string");
    assertThatThrownBy(() -> training(1).inputShape(-3).fit(data(1)))
        .hasMessage("inputShape must have sizes above zero, got [-3]");
    assertThatThrownBy(() -> training(1).damping(0)).hasMessageContaining("damping");
    assertThatThrownBy(
            () ->
                DistributedTraining.of(Unseeded.class, (model, data) -> null)
                    .inputShape(INPUTS)
                    .fitEnsemble(data(1), 2))
        .hasMessageContaining("so that members begin at different weights");
  }
}
