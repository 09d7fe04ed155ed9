package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.BatchStatistics;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PassControl;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.optim.Adam;
import io.bayes4j.layers.optim.Optimizer;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.optim.Sgd;
import io.bayes4j.layers.variational.Kl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Steps that would leave numbers that are not finite are not taken. */
final class DivergenceTest {
  @TempDir private Path folder;

  private static Function<Map<String, Parameter>, Optimizer> optimizer(String name) {
    return switch (name) {
      case "adam" -> Adam::new;
      case "adamw" -> parameters -> new Adam(parameters, 0.01);
      case "sgd" -> parameters -> new Sgd(parameters, 0, 0);
      default -> parameters -> new Sgd(parameters, 0.9, 1e-4);
    };
  }

  /** One step an epoch: nothing but the end of the run looks at what the last step did. */
  @ParameterizedTest
  @CsvSource({
    "adam, 1e38, F32, 24",
    "adam, 1e38, F32, 8",
    "adam, 1e39, F32, 24",
    "adam, 1e300, F32, 24",
    "adam, 1e10, F32, 24",
    "adamw, 1e38, F32, 24",
    "sgd, 1e39, F32, 24",
    "sgd, 1e30, F32, 24",
    "momentum, 1e39, F32, 24"
  })
  void aStepBeyondAllMeasureIsNotTaken(String name, double rate, Precision precision, int batch)
      throws IOException {
    Path file = folder.resolve("run.safetensors");
    Sequential model = Runs.model();
    Runs.trainer(model).epochs(1).checkpoint(file).build().fit();
    byte[] good = Files.readAllBytes(file);
    Map<String, double[]> before = Runs.numbers(model);
    assertThatThrownBy(
            () ->
                Runs.trainer(model)
                    .epochs(20)
                    .batchSize(batch)
                    .precision(precision)
                    .optimizer(optimizer(name))
                    .learningRate(rate)
                    .checkpoint(file)
                    .build()
                    .fit())
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("epoch 1, step 1: parameter ")
        .hasMessageContaining(" would become ")
        .hasMessageContaining("try a smaller learning rate");
    Runs.assertSame(model, before);
    assertThat(Files.readAllBytes(file)).isEqualTo(good);
  }

  @Test
  void aRateThatGrowsStopsAtTheFirstStepThatIsTooFar() {
    Sequential model = Runs.model();
    assertThatThrownBy(
            () ->
                Runs.trainer(model)
                    .epochs(30)
                    .batchSize(24)
                    .learningRate(Schedule.steps(1e-3, 1e4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10))
                    .build()
                    .fit())
        .isInstanceOf(DivergedException.class);
    StateDict.of(model)
        .forEach((name, array) -> assertThat(array.sumNumber().doubleValue()).isFinite());
  }

  @Test
  void aMomentThatOverflowsIsNamedAndNothingIsChanged() {
    Parameter weights = new Parameter(Nd4j.createFromArray(1f, 2f));
    Adam adam = new Adam(Map.of("w", weights));
    var slope = Var.constant(Nd4j.createFromArray(1e25f, 0f));
    var loss = Ops.sum(Ops.mul(weights.var(), slope));
    assertThatThrownBy(() -> adam.step(Gradients.of(loss), 1e-3, 1))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("second_moment of parameter w would become Infinity");
    assertThat(weights.value().toFloatVector()).containsExactly(1, 2);
    adam.state()
        .forEach((name, array) -> assertThat(array.sumNumber().doubleValue()).as(name).isZero());
  }

  @Test
  void runningStatisticsThatWouldBeInfiniteStopTheStep() {
    Sequential model = Runs.model();
    Map<String, double[]> before = Runs.numbers(model);
    INDArray huge = Noise.seeded(1).normals(24, 3).muli(1e20);
    Dataset data = Dataset.of(huge, new int[24], 2);
    for (int accumulated : new int[] {1, 2}) {
      assertThatThrownBy(() -> Runs.trainer(model, data).accumulate(accumulated).build().fit())
          .isInstanceOf(DivergedException.class)
          .hasMessageContaining("epoch 1, step 1: 1.running_var would not be finite")
          .hasMessageContaining("inputs of this layer");
      Runs.assertSame(model, before);
    }
    Pass pass = Pass.train(Noise.seeded(1));
    pass.run(model, Var.constant(huge));
    assertThatThrownBy(() -> PassControl.commit(pass))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("1.running_var would not be finite");
    Runs.assertSame(model, before);
    List<INDArray> batches = List.of(Noise.seeded(2).normals(8, 3), huge);
    assertThatThrownBy(() -> BatchStatistics.renew(model, batches, Noise.seeded(1)))
        .isInstanceOf(ArithmeticException.class);
    Runs.assertSame(model, before);
  }

  @Test
  void aDivergenceThatIsInfiniteIsNamedWithItsPrior() {
    Sequential model = Runs.model();
    Kl.distributions(model).get("0.weight").setPrior(GaussianPrior.of(0, 1e-20));
    assertThatThrownBy(() -> Runs.trainer(model).build().fit())
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("epoch 1, step 1: the KL divergence of 0.weight from its prior")
        .hasMessageContaining("is Infinity; is the prior too narrow");
  }

  @Test
  void aPriorThatNoFloatCanHoldIsRefused() {
    assertThatThrownBy(() -> GaussianPrior.of(0, 1e-60))
        .hasMessageContaining("prior sigma must be finite and >= 1.17549435E-38 as a float");
    assertThatThrownBy(() -> GaussianPrior.of(0, 1e39)).hasMessageContaining("prior sigma");
    assertThatThrownBy(() -> GaussianPrior.of(1e39, 1)).hasMessageContaining("prior mean");
  }

  /** A layer whose buffer no step looks at. */
  private static final class Counting implements Layer {
    private final INDArray seen = Nd4j.scalar(1f);

    @Override
    public Var forward(Var x, Pass pass) {
      pass.defer(() -> seen.muli(1e20));
      return x;
    }

    @Override
    public Map<String, INDArray> buffers() {
      return Map.of("seen", seen);
    }
  }

  @Test
  void aBufferOfAUsersLayerIsNotSavedWhenItIsInfinite() throws IOException {
    Path file = folder.resolve("run.safetensors");
    Sequential model = Sequential.of(new Counting(), Runs.model());
    assertThatThrownBy(
            () -> Runs.trainer(model).epochs(9).batchSize(24).checkpoint(file).build().fit())
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("epoch 2: 0.seen is not finite");
    Sequential again = Sequential.of(new Counting(), Runs.model());
    Checkpoint.load(again, file);
    assertThat(again.slots().get(0).layer().buffers().get("seen").getFloat(0)).isEqualTo(1e20f);
  }

  @Test
  void schedulesHaveNumbersThatAreFiniteAndNotNegative() {
    for (double bad : new double[] {Double.NaN, -1e-9, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> Schedule.constant(bad)).hasMessageContaining("value must be");
      assertThatThrownBy(() -> Schedule.linear(bad, 1, 2)).hasMessageContaining("from must be");
      assertThatThrownBy(() -> Schedule.linear(1, bad, 2)).hasMessageContaining("to must be");
      assertThatThrownBy(() -> Schedule.cosine(bad, 1, 2)).hasMessageContaining("from must be");
      assertThatThrownBy(() -> Schedule.cosine(1, bad, 2)).hasMessageContaining("to must be");
      assertThatThrownBy(() -> Schedule.cyclical(bad, 1, 1)).hasMessageContaining("top must be");
      assertThatThrownBy(() -> Schedule.steps(bad, 1)).hasMessageContaining("start must be");
      assertThatThrownBy(() -> Schedule.steps(1, bad)).hasMessageContaining("factor must be");
      assertThatThrownBy(() -> Schedule.steps(1, 1, 0, bad)).hasMessageContaining("epochs[1]");
      Sequential model = Runs.model();
      Map<String, double[]> before = Runs.numbers(model);
      Schedule late = time -> time > 1.5 ? bad : 0.1;
      assertThatThrownBy(() -> Runs.trainer(model).epochs(3).learningRate(late).build().fit())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("learningRate must be finite and >= 0 at all times, got " + bad)
          .hasMessageContaining("at epoch 1.6");
      assertThatThrownBy(() -> Runs.trainer(model).epochs(3).beta(late).build().fit())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("beta must be finite and >= 0 at all times, got " + bad);
      assertThatThrownBy(() -> Elbo.of(5).withBeta(late).klWeight(2))
          .hasMessageContaining("beta must be finite");
      Runs.assertSame(model, before);
    }
  }
}
