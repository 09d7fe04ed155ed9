package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Adam;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearLocalReparameterization;
import io.bayes4j.layers.variational.VariationalAffine;
import io.bayes4j.layers.variational.VariationalLayers;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class SignalToNoiseTest {
  private static VariationalParameter weights(float[] mu, float[] sigma, long... shape) {
    INDArray means = Nd4j.createFromArray(mu).reshape(shape);
    INDArray spreads = Nd4j.createFromArray(sigma).reshape(shape);
    return new VariationalParameter(
        GaussianPosterior.ofSigma(means, spreads), GaussianPrior.of(0, 1));
  }

  /** Ratios 3, 10, 1, 4, 0, 2 and for the biases 5, 2. */
  private static Sequential model() {
    VariationalParameter kernel =
        weights(
            new float[] {-3, 1, 0.5f, 2, 0, -0.2f},
            new float[] {1, 0.1f, 0.5f, 0.5f, 0.1f, 0.1f},
            2,
            3);
    VariationalParameter bias = weights(new float[] {5, -1}, new float[] {1, 0.5f}, 2);
    VariationalAffine layer =
        VariationalLayers.of(
            new AffineOp.Dense(3, 2, true), Estimator.REPARAMETERIZATION, kernel, bias);
    return Sequential.of(layer);
  }

  private static double[] means(Sequential model, String path) {
    return Doubles.of(StateDict.of(model).get(path + ".mu"));
  }

  @Test
  void ratiosAreMeansOverSpreads() {
    Map<String, INDArray> ratios = SignalToNoise.of(model());
    Doubles.assertClose(
        "kernel",
        ratios.get("0.weight"),
        new long[] {2, 3},
        new double[] {3, 10, 1, 4, 0, 2},
        1e-5);
    Doubles.assertClose("bias", ratios.get("0.bias"), new long[] {2}, new double[] {5, 2}, 1e-5);
  }

  @Test
  void theLeastRatiosOfTheWholeModelGo() {
    Sequential model = model();
    SignalToNoise.Pruning pruning = SignalToNoise.prune(model, 0.5);
    assertThat(pruning.weights()).isEqualTo(8);
    assertThat(pruning.pruned()).isEqualTo(4);
    assertThat(pruning.share()).isEqualTo(0.5);
    assertThat(pruning.threshold()).isCloseTo(2, within(1e-4));
    assertThat(pruning.shares()).isEqualTo(Map.of("0.weight", 0.5, "0.bias", 0.5));
    assertThat(means(model, "0.weight")).containsExactly(-3, 1, 0, 2, 0, 0);
    assertThat(means(model, "0.bias")).containsExactly(5, 0);
  }

  @Test
  void prunedWeightsAreZeroInEveryDraw() {
    Sequential model = model();
    SignalToNoise.prune(model, 1);
    INDArray y = MonteCarlo.of(model).samples(3).outputs(Toys.X);
    assertThat(Doubles.of(y)).containsOnly(0);
    assertThat(Kl.value(model)).isZero();
  }

  @Test
  void whatIsPrunedStaysSoWhenMoreIsOrLessIsAskedFor() {
    Sequential model = model();
    SignalToNoise.prune(model, 0.5);
    assertThat(SignalToNoise.prune(model, 0.25).pruned()).isEqualTo(4);
    SignalToNoise.Pruning more = SignalToNoise.prune(model, 0.75);
    assertThat(more.pruned()).isEqualTo(6);
    assertThat(more.remaining()).isEqualTo(0.25);
    assertThat(means(model, "0.weight")).containsExactly(0, 1, 0, 0, 0, 0);
    assertThat(means(model, "0.bias")).containsExactly(5, 0);
  }

  @ParameterizedTest
  @EnumSource(Estimator.class)
  void trainingOnMovesTheOthersAlone(Estimator estimator) throws IOException {
    Layer model =
        Sequential.of(
            VariationalLayers.fresh(
                new AffineOp.Dense(3, 2, true),
                estimator,
                VariationalSpec.defaults(),
                Init.seeded(1)));
    SignalToNoise.prune(model, 0.5);
    Map<String, INDArray> before = StateDict.copyOf(model);
    Trainer.of(model, Losses.crossEntropy(), Toys.classes())
        .epochs(3)
        .optimizer(parameters -> new Adam(parameters, 0.1))
        .learningRate(Schedule.constant(0.05))
        .build()
        .fit();
    double[] kept = Doubles.of(before.get("0.weight.kept"));
    double[] after = Doubles.of(StateDict.of(model).get("0.weight.mu"));
    assertThat(kept).contains(0, 1);
    INDArray drawn =
        Kl.distributions(model).get("0.weight").posterior().sample(Noise.seeded(1)).value();
    for (int i = 0; i < kept.length; i++) {
      assertThat(Doubles.of(drawn)[i] == 0).isEqualTo(kept[i] == 0);
      assertThat(Math.abs(after[i]) < 1e-12).isEqualTo(kept[i] == 0);
    }
    SignalToNoise.Pruning again = SignalToNoise.prune(model, 0.75);
    assertThat(again.pruned()).isEqualTo(6);
    assertThat(again.threshold()).isFinite();
  }

  @Test
  void aFrozenModelIsPrunedToo() {
    Sequential model = model();
    SignalToNoise.prune(model, 0.5);
    // An optimizer's rounding may move what no draw shows.
    StateDict.of(model).get("0.bias.mu").putScalar(1, 1e-20f);
    Layer frozen =
        VariationalLayers.plain((VariationalAffine) model.slots().get(0).layer()).orElseThrow();
    assertThat(Doubles.of(frozen.parameters().get("weight").value()))
        .containsExactly(-3, 1, 0, 2, 0, 0);
    assertThat(Doubles.of(frozen.parameters().get("bias").value())).containsExactly(5, 0);
  }

  @Test
  void checkpointsKeepWhatIsPruned(@TempDir Path folder) throws IOException {
    Sequential model = model();
    SignalToNoise.prune(model, 0.5);
    Path file = folder.resolve("pruned.safetensors");
    Checkpoint.save(model, file, Map.of());
    Sequential read = model();
    Checkpoint.load(read, file);
    assertThat(StateDict.of(read)).isEqualTo(StateDict.of(model)).containsKey("0.bias.kept");
    assertThat(Kl.value(read)).isEqualTo(Kl.value(model));
    StateDict.load(read, StateDict.copyOf(model()));
    assertThat(StateDict.of(read)).doesNotContainKey("0.bias.kept");
  }

  @Test
  void aStateWithAMaskThatIsNoneChangesNothing() {
    Sequential model = model();
    Map<String, INDArray> state = StateDict.copyOf(model);
    state.put("0.bias.kept", Nd4j.createFromArray(1f, 0.5f));
    state.get("0.weight.mu").assign(7);
    assertThatThrownBy(() -> StateDict.load(model, state))
        .hasMessageContaining("0.bias.kept must hold zeros and ones, got 0.5");
    assertThat(means(model, "0.weight")[0]).isEqualTo(-3);
  }

  @Test
  void ofEqualRatiosAsManyGoAsTheShareAllows() {
    float[] mu = new float[8];
    float[] sigma = new float[8];
    Arrays.fill(mu, 0.5f);
    Arrays.fill(sigma, 0.5f);
    VariationalAffine layer =
        VariationalLayers.of(
            new AffineOp.Dense(4, 2, false), Estimator.FLIPOUT, weights(mu, sigma, 2, 4), null);
    Sequential model = Sequential.of(layer);
    for (int count = 0; count <= 8; count++) {
      assertThat(SignalToNoise.prune(model, count / 8.0).pruned()).isEqualTo(count);
      int zeros = count;
      assertThat(IntStream.range(0, 8).filter(i -> means(model, "0.weight")[i] == 0).count())
          .isEqualTo(zeros);
    }
  }

  @Test
  void theCurveMeasuresPrunedModelsAndLeavesTheModelAsItWas() {
    Sequential model = model();
    Map<String, INDArray> before = StateDict.copyOf(model);
    List<SignalToNoise.Point> curve =
        SignalToNoise.curve(
            model,
            List.of(0.75, 0.0, 0.25),
            m -> StateDict.of(m).get("0.weight.mu").norm1Number().doubleValue());
    assertThat(curve.stream().map(p -> p.pruning().pruned())).containsExactly(6L, 0L, 2L);
    assertThat(curve.get(0).figure()).isCloseTo(1, within(1e-6));
    assertThat(curve.get(1).figure()).isCloseTo(6.7, within(1e-5));
    assertThat(curve.get(2).figure()).isCloseTo(6.2, within(1e-5));
    assertThatThrownBy(
            () ->
                SignalToNoise.curve(
                    model,
                    List.of(0.5),
                    m -> {
                      throw new IllegalStateException("no data");
                    }))
        .hasMessage("no data");
    StateDict.of(model)
        .forEach((name, a) -> assertThat(Doubles.of(a)).isEqualTo(Doubles.of(before.get(name))));
  }

  /** Two of twenty inputs matter: what reads the others goes first. */
  @Test
  void threeQuartersOfATrainedNetworkCanGo() throws IOException {
    INDArray x = Noise.seeded(5).normals(500, 20);
    int[] labels =
        IntStream.range(0, 500)
            .map(i -> x.getDouble(i, 0) + x.getDouble(i, 1) > 0 ? 1 : 0)
            .toArray();
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.05);
    Init init = Init.seeded(1);
    Sequential model =
        Sequential.of(
            new LinearLocalReparameterization(20, 12, spec, init),
            Activation.TANH,
            new LinearLocalReparameterization(12, 2, spec, init));
    Trainer.of(model, Losses.crossEntropy(), Dataset.of(x, labels, 2))
        .epochs(60)
        .batchSize(100)
        .learningRate(Schedule.cosine(0.03, 0.001, 60))
        .build()
        .fit();
    List<Double> accuracies =
        SignalToNoise.curve(
                model,
                List.of(0.0, 0.75, 1.0),
                m -> Calibration.accuracy(MonteCarlo.of(m).samples(20).classify(x).mean(), labels))
            .stream()
            .map(SignalToNoise.Point::figure)
            .toList();
    assertThat(accuracies.get(0)).isGreaterThan(0.93);
    assertThat(accuracies.get(1)).isGreaterThan(accuracies.get(0) - 0.02);
    assertThat(accuracies.get(2)).isLessThan(0.6);
    SignalToNoise.prune(model, 0.95);
    INDArray kept = StateDict.of(model).get("0.weight.kept");
    assertThat(kept.sumNumber().doubleValue()).isPositive();
    assertThat(kept.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 20)).sumNumber().doubleValue())
        .isZero();
  }

  @Test
  void badInputIsNamed() {
    Sequential model = model();
    assertThatThrownBy(() -> SignalToNoise.prune(model, 1.1)).hasMessageContaining("share");
    assertThatThrownBy(() -> SignalToNoise.prune(Toys.perceptron(1), 0.5))
        .hasMessageContaining("Bayesian weights");
    StateDict.of(model).get("0.bias.mu").putScalar(0, Float.NaN);
    assertThatThrownBy(() -> SignalToNoise.prune(model, 0.5)).hasMessageContaining("0.bias.mu");
    assertThat(means(model, "0.weight")[2]).isEqualTo(0.5);
  }
}
