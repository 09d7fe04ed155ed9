package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.io.TensorFile;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SavedPosteriorsTest {
  @TempDir private Path folder;

  private static LastLayerLaplace laplace(Layer model, LaplaceCovariance covariance) {
    return LastLayerLaplace.fit(model, Toys.classes(), Likelihood.classes(), covariance)
        .samples(7)
        .seed(3)
        .batchSize(50);
  }

  @ParameterizedTest
  @EnumSource(LaplaceCovariance.class)
  void laplaceComesBackWithTheSameNumbers(LaplaceCovariance covariance) throws IOException {
    Path file = folder.resolve("laplace.safetensors");
    Sequential model = Toys.perceptron(1);
    LastLayerLaplace saved = laplace(model, covariance);
    saved.save(file);
    Sequential other = Toys.perceptron(2);
    LastLayerLaplace loaded = LastLayerLaplace.load(file, other);
    assertThat(StateDict.of(other)).isEqualTo(StateDict.of(model));
    assertThat(loaded.priorPrecision()).isEqualTo(saved.priorPrecision());
    assertThat(loaded.logMarginalLikelihood()).isEqualTo(saved.logMarginalLikelihood());
    assertThat(Doubles.of(loaded.outputs(Toys.X))).isEqualTo(Doubles.of(saved.outputs(Toys.X)));
    assertThat(Doubles.of(loaded.variance(Toys.X))).isEqualTo(Doubles.of(saved.variance(Toys.X)));
    assertThat(Doubles.of(loaded.probit().outputs(Toys.X)))
        .isEqualTo(Doubles.of(saved.probit().outputs(Toys.X)));
    assertThat(Doubles.of(loaded.priorPrecision(0.1).outputs(Toys.X)))
        .isEqualTo(Doubles.of(saved.priorPrecision(0.1).outputs(Toys.X)));
  }

  @Test
  void filesOfAnotherKindOrArchitectureAreRefused() throws IOException {
    Path file = folder.resolve("laplace.safetensors");
    Path plain = folder.resolve("plain.safetensors");
    Path swag = folder.resolve("swag.safetensors");
    laplace(Toys.perceptron(1), LaplaceCovariance.KRONECKER).save(file);
    Checkpoint.save(Toys.perceptron(1), plain);
    swag(Toys.perceptron(1), new ArrayList<>()).save(swag);
    Sequential model = Toys.perceptron(2);
    Map<String, INDArray> before = StateDict.copyOf(model);
    refused(() -> LastLayerLaplace.load(plain, model), "but holds no posterior");
    refused(() -> LastLayerLaplace.load(swag, model), "but holds a SWAG posterior");
    refused(() -> Swag.load(file, model), "but holds a last-layer Laplace posterior");
    refused(() -> Swag.load(plain, model), "but holds no posterior");
    Init init = Init.seeded(1);
    Sequential wider =
        Sequential.of(new Linear(3, 6, init), Activation.TANH, new Linear(6, 2, init));
    refused(() -> LastLayerLaplace.load(file, wider), "mean must be FLOAT of shape [2, 7]");
    refused(
        () -> Swag.load(swag, wider), "mean/0.weight must be finite, FLOAT and of shape [6, 3]");
    Sequential first =
        Sequential.of(new Linear(4, 5, init), Activation.TANH, new Linear(5, 2, init));
    refused(() -> LastLayerLaplace.load(file, first), "0.weight must have shape [5, 4]");
    refused(
        () -> LastLayerLaplace.load(file, new Linear(5, 2, init)), "must have a Linear at \"2\"");
    assertThat(StateDict.of(model)).isEqualTo(before);
  }

  /** Arrays and words that were changed, one after the other. */
  @Test
  void whatIsMalformedIsNamedAndNothingIsChanged() throws IOException {
    Path file = folder.resolve("laplace.safetensors");
    laplace(Toys.perceptron(1), LaplaceCovariance.KRONECKER).save(file);
    TensorFile good = SafeTensors.read(file);
    Sequential model = Toys.perceptron(2);
    Map<String, INDArray> before = StateDict.copyOf(model);
    for (String name : good.tensors().keySet()) {
      if (name.startsWith("posterior/")) {
        Map<String, INDArray> arrays = new LinkedHashMap<>(good.tensors());
        INDArray bad = arrays.get(name).dup('c');
        bad.putScalar(0, Double.NaN);
        arrays.put(name, bad);
        SafeTensors.write(file, arrays, good.metadata());
        refused(() -> LastLayerLaplace.load(file, model), "must be finite");
        arrays.remove(name);
        SafeTensors.write(file, arrays, good.metadata());
        refused(() -> LastLayerLaplace.load(file, model), "got none");
      }
    }
    for (String key : good.metadata().keySet()) {
      Map<String, String> words = new LinkedHashMap<>(good.metadata());
      words.put(key, "nonsense");
      SafeTensors.write(file, good.tensors(), words);
      assertThatThrownBy(() -> LastLayerLaplace.load(file, model))
          .as(key)
          .hasMessageContaining("nonsense");
      words.remove(key);
      SafeTensors.write(file, good.tensors(), words);
      assertThatThrownBy(() -> LastLayerLaplace.load(file, model))
          .as(key)
          .hasMessageContaining(file.toString());
    }
    Map<String, INDArray> more = new LinkedHashMap<>(good.tensors());
    more.put("posterior/other", Nd4j.ones(1));
    SafeTensors.write(file, more, good.metadata());
    refused(() -> LastLayerLaplace.load(file, model), "arrays of no known use: [other]");
    assertThat(StateDict.of(model)).isEqualTo(before);
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static Swag swag(Layer model, List<Double> losses) throws IOException {
    SwagCollector collector = SwagCollector.of(model).rank(4);
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void epoch(EpochRecord record) {
            losses.add(record.loss());
          }
        };
    run(model, 6, collector.and(listener), null);
    return collector.posterior(Toys.classes()).samples(5).seed(2);
  }

  private static void run(Layer model, int epochs, TrainingListener listener, Path checkpoint)
      throws IOException {
    Trainer.Builder run =
        Trainer.of(model, Losses.crossEntropy(), Toys.classes())
            .epochs(epochs)
            .batchSize(20)
            .learningRate(0.05)
            .listener(listener);
    if (checkpoint != null) {
      run.checkpoint(checkpoint).resume();
    }
    run.build().fit();
  }

  private static Sequential normalised(long seed) {
    Init init = Init.seeded(seed);
    return Sequential.of(
        new Linear(3, 5, init), new BatchNorm1d(5), Activation.TANH, new Linear(5, 2, init));
  }

  @Test
  void swagComesBackWithTheSameNumbers() throws IOException {
    Path file = folder.resolve("swag.safetensors");
    Sequential model = Toys.perceptron(1);
    Swag saved = swag(model, new ArrayList<>());
    saved.save(file);
    Sequential other = Toys.perceptron(2);
    Swag loaded = Swag.load(file, other);
    assertThat(StateDict.of(other)).isEqualTo(StateDict.of(model));
    assertThat(Doubles.of(loaded.outputs(Toys.X))).isEqualTo(Doubles.of(saved.outputs(Toys.X)));
    assertThat(Doubles.of(loaded.seed(9).samples(11).outputs(Toys.X)))
        .isEqualTo(Doubles.of(saved.seed(9).samples(11).outputs(Toys.X)));
  }

  @Test
  void swagOfANetworkWithBatchNormalisationNeedsItsData() throws IOException {
    Path file = folder.resolve("swag.safetensors");
    Swag saved = swag(normalised(1), new ArrayList<>());
    saved.save(file);
    refused(() -> Swag.load(file, normalised(2)), "must be given the training data");
    Swag loaded = Swag.load(file, normalised(2), Toys.classes());
    assertThat(Doubles.of(loaded.outputs(Toys.X))).isEqualTo(Doubles.of(saved.outputs(Toys.X)));
  }

  @ParameterizedTest
  @CsvSource({"20,1,0", "3,2,0", "0,1,0", "4,1,2", "4,3,2", "5,6,0"})
  void aResumedRunGivesTheSwagOfTheUninterruptedOne(int rank, int from, int every)
      throws IOException {
    Sequential whole = Toys.perceptron(1);
    SwagCollector expected = collector(whole, rank, from, every);
    run(whole, 9, expected, folder.resolve("whole.safetensors"));
    Path file = folder.resolve("parts.safetensors");
    SwagCollector actual = null;
    Sequential part = null;
    for (int epochs : new int[] {2, 5, 9}) {
      part = Toys.perceptron(2 + epochs);
      if (epochs == 2) {
        StateDict.load(part, StateDict.copyOf(Toys.perceptron(1)));
      }
      actual = collector(part, rank, from, every);
      run(part, epochs, actual, file);
    }
    assertThat(StateDict.of(part)).isEqualTo(StateDict.of(whole));
    assertThat(actual.collected()).isEqualTo(expected.collected());
    assertThat(Doubles.of(actual.posterior().samples(3).outputs(Toys.X)))
        .isEqualTo(Doubles.of(expected.posterior().samples(3).outputs(Toys.X)));
  }

  private static SwagCollector collector(Layer model, int rank, int from, int every) {
    SwagCollector collector = SwagCollector.of(model).rank(rank).fromEpoch(from);
    return every == 0 ? collector : collector.everySteps(every);
  }

  @Test
  void aRunResumedWithoutItsCollectorOrWithAnotherIsRefused() throws IOException {
    Path file = folder.resolve("run.safetensors");
    Sequential model = Toys.perceptron(1);
    run(model, 3, SwagCollector.of(model).rank(4), file);
    Sequential other = Toys.perceptron(2);
    Map<String, INDArray> before = StateDict.copyOf(other);
    refused(
        () -> run(other, 5, TrainingListener.SILENT, file), "must be the one that the run began");
    refused(
        () -> run(other, 5, SwagCollector.of(other).rank(5), file),
        "4, 1 and 0, but has 5, 1 and 0");
    Sequential third = Toys.perceptron(3);
    SwagCollector heard = SwagCollector.of(third).rank(4);
    run(third, 5, TrainingListener.SILENT.and(heard), file);
    assertThat(heard.collected()).isEqualTo(5);
    Path silent = folder.resolve("silent.safetensors");
    run(Toys.perceptron(1), 3, TrainingListener.SILENT, silent);
    refused(() -> run(other, 5, SwagCollector.of(other), silent), "3 epochs were made without");
    assertThat(StateDict.of(other)).isEqualTo(before);
    SwagCollector later = SwagCollector.of(other).fromEpoch(4);
    run(other, 5, later, silent);
    assertThat(later.collected()).isEqualTo(2);
  }

  /** Two listeners that both have a state. */
  @Test
  void listenersKeepTheirStatesApart() throws IOException {
    Path file = folder.resolve("run.safetensors");
    Sequential model = Toys.perceptron(1);
    SwagCollector one = SwagCollector.of(model).rank(2);
    SwagCollector two = SwagCollector.of(model).rank(0).fromEpoch(2);
    run(model, 3, one.and(two), file);
    Sequential other = Toys.perceptron(2);
    SwagCollector first = SwagCollector.of(other).rank(2);
    SwagCollector second = SwagCollector.of(other).rank(0).fromEpoch(2);
    run(other, 4, first.and(second), file);
    assertThat(first.collected()).isEqualTo(4);
    assertThat(second.collected()).isEqualTo(3);
  }
}
