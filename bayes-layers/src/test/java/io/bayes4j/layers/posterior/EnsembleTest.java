package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class EnsembleTest {
  private static Trainer.Builder run(Layer model) {
    return Trainer.of(model, Losses.crossEntropy(), Toys.classes())
        .epochs(15)
        .batchSize(20)
        .learningRate(Schedule.constant(0.03));
  }

  private static Layer bayesian(long seed) {
    return new LinearFlipout(3, 2, VariationalSpec.defaults(), Init.seeded(seed));
  }

  @Test
  void aMemberIsWhatARunAloneWouldGive() throws IOException {
    Ensemble ensemble = Ensemble.train(3, 11, Toys::perceptron, EnsembleTest::run);
    Sequential alone = Toys.perceptron(12);
    run(alone).seed(12).build().fit();
    Map<String, INDArray> member = StateDict.of(ensemble.members().get(1));
    StateDict.of(alone)
        .forEach(
            (name, array) ->
                assertThat(Doubles.of(member.get(name))).as(name).isEqualTo(Doubles.of(array)));
  }

  @Test
  void membersPredictAsOneAndDisagree() throws IOException {
    Ensemble ensemble = Ensemble.train(3, 1, Toys::perceptron, EnsembleTest::run).batchSize(7);
    INDArray all = ensemble.outputs(Toys.X);
    assertThat(all.shape()).containsExactly(3, Toys.EXAMPLES, 2);
    for (int k = 0; k < 3; k++) {
      INDArray own = MonteCarlo.atMean(ensemble.members().get(k)).outputs(Toys.X);
      Doubles.assertClose("member " + k, all.slice(k), own.slice(0), 1e-6);
    }
    Prediction prediction = ensemble.classify(Toys.X);
    assertThat(Calibration.accuracy(prediction.mean(), Toys.labels())).isGreaterThan(0.9);
    assertThat(prediction.mutualInformation().maxNumber().doubleValue()).isGreaterThan(1e-3);
  }

  @Test
  void bayesianMembersGiveSeveralDrawsOfTheirOwn() {
    Ensemble ensemble = Ensemble.of(List.of(bayesian(1), bayesian(1)));
    assertThat(ensemble.outputs(Toys.X).size(0)).isEqualTo(20);
    INDArray draws = ensemble.samplesPerMember(2).outputs(Toys.X);
    assertThat(draws.size(0)).isEqualTo(4);
    assertThat(Doubles.of(draws.slice(0))).isNotEqualTo(Doubles.of(draws.slice(1)));
    assertThat(Doubles.of(draws.slice(0))).isNotEqualTo(Doubles.of(draws.slice(2)));
  }

  @Test
  void oneFileKeepsAllMembers(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("ensemble.safetensors");
    Ensemble ensemble =
        Ensemble.of(List.of(Toys.perceptron(1), Toys.perceptron(2), Toys.perceptron(3)));
    ensemble.save(file);
    Ensemble read = Ensemble.load(file, () -> Toys.perceptron(9));
    assertThat(Doubles.of(read.outputs(Toys.X))).isEqualTo(Doubles.of(ensemble.outputs(Toys.X)));
  }

  @Test
  void filesOfOtherThingsAreRefused(@TempDir Path folder) throws IOException {
    Path single = folder.resolve("single.safetensors");
    Checkpoint.save(Toys.perceptron(1), single, Map.of());
    assertThatThrownBy(() -> Ensemble.load(single, () -> Toys.perceptron(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("single.safetensors")
        .hasMessageContaining("member.0.");
    Path other = folder.resolve("other.safetensors");
    Ensemble.of(List.of(Toys.perceptron(1), Toys.perceptron(2))).save(other);
    assertThatThrownBy(() -> Ensemble.load(other, () -> bayesian(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other.safetensors: member 0: ");
  }

  @Test
  void badMembersAreRefused() {
    Sequential model = Toys.perceptron(1);
    Linear other = new Linear(3, 2, Init.seeded(1));
    assertThatThrownBy(() -> Ensemble.of(List.of())).hasMessageContaining("must not be empty");
    assertThatThrownBy(() -> Ensemble.of(List.of(model, model)))
        .hasMessageContaining("member 1 is the object");
    assertThatThrownBy(() -> Ensemble.of(List.of(model, other)))
        .hasMessageContaining("same names and shapes");
    assertThatThrownBy(() -> Ensemble.of(List.of(model)).samplesPerMember(4))
        .hasMessageContaining("plain members, got 4");
    assertThatThrownBy(() -> Ensemble.train(0, 1, Toys::perceptron, EnsembleTest::run))
        .hasMessageContaining("members must be > 0");
  }
}
