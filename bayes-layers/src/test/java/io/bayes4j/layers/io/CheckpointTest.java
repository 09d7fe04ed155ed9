package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.uncertainty.ClasswiseCalibration;
import io.bayes4j.core.uncertainty.LogitScaling;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.ScaleMixturePrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PassControl;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Conv2dFlipout;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CheckpointTest {
  private static final ScaleMixturePrior MIXTURE = new ScaleMixturePrior(0.1, 1.3, 0.07);
  private static final INDArray IMAGES = Samples.normals(1, 4, 2, 5, 5);

  @TempDir Path folder;

  /** A Bayesian CNN; its kernel has six channels where it is said otherwise. */
  private static Sequential cnn(long seed, long channels) {
    Init init = Init.seeded(seed);
    VariationalSpec spec = VariationalSpec.defaults();
    return Sequential.of(
        new Conv2dFlipout(ConvSpec.conv2d(2, channels, 3), spec, init),
        new BatchNorm2d(channels),
        Activation.RELU,
        new GlobalAvgPool(),
        new LinearReparameterization(channels, 3, spec, init));
  }

  /** With weights, running statistics and priors that no fresh model has. */
  private static Sequential used() {
    Sequential model = cnn(1, 6);
    Map<String, VariationalParameter> weights = Kl.distributions(model);
    weights
        .get("0.weight")
        .setPrior(
            GaussianPrior.of(Samples.normals(2, 6, 2, 3, 3), Samples.positive(3, 6, 2, 3, 3)));
    weights.get("4.weight").setPrior(MIXTURE);
    weights.get("4.bias").setPrior(GaussianPrior.of(0.3, 0.7));
    Pass pass = Pass.train(Noise.seeded(4));
    model.forward(Var.constant(IMAGES), pass);
    PassControl.commit(pass);
    return model;
  }

  private static Map<String, double[]> numbers(Layer model) {
    Map<String, double[]> numbers = new LinkedHashMap<>();
    StateDict.of(model).forEach((name, array) -> numbers.put(name, Doubles.of(array)));
    return numbers;
  }

  private static void assertNumbers(Layer model, Map<String, double[]> expected) {
    Map<String, double[]> actual = numbers(model);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, values) -> assertThat(actual.get(name)).as(name).isEqualTo(values));
  }

  private static double[] sampled(Layer model) {
    Pass pass = Pass.sample(Noise.seeded(5));
    return Doubles.of(model.forward(Var.constant(IMAGES), pass).value());
  }

  private Path saved() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Checkpoint.save(used(), file, Map.of("trained on", "noise"));
    return file;
  }

  @Test
  void aReloadedModelHasTheWeightsStatisticsPriorsAndDivergenceOfTheSaved() throws IOException {
    Sequential model = used();
    Path file = saved();
    Sequential loaded = cnn(99, 6);
    assertThat(Kl.value(loaded)).isNotEqualTo(Kl.value(model));

    Map<String, String> words = Checkpoint.load(loaded, file);

    assertThat(words).containsEntry("trained on", "noise");
    assertNumbers(loaded, numbers(model));
    assertThat(numbers(loaded).get("1.running_mean")).doesNotContain(0);
    assertThat(Kl.distributions(loaded).get("4.weight").prior()).isEqualTo(MIXTURE);
    assertThat(Kl.value(loaded)).isEqualTo(Kl.value(model));
    assertThat(sampled(loaded)).isEqualTo(sampled(model));
  }

  @Test
  void aLoadedModelSharesNothingWithAnotherOfTheSameFile() throws IOException {
    Path file = saved();
    Sequential one = cnn(98, 6);
    Sequential other = cnn(99, 6);
    Checkpoint.load(one, file);
    Checkpoint.load(other, file);
    StateDict.of(one).values().forEach(array -> array.assign(7));
    assertNumbers(other, numbers(used()));
  }

  @Test
  void anotherWidthIsOneErrorThatNamesTheFileAndTheShapes() throws IOException {
    Path file = saved();
    Sequential wider = cnn(99, 8);
    Map<String, double[]> before = numbers(wider);
    assertThatThrownBy(() -> Checkpoint.load(wider, file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("0.weight.mu must have shape [8, 2, 3, 3], got [6, 2, 3, 3]")
        .hasMessageContaining("0.bias.rho must have shape [8], got [6]");
    assertNumbers(wider, before);
  }

  @Test
  void calibrationIsKeptWithTheModel() throws IOException {
    Path file = folder.resolve("honest.safetensors");
    INDArray logits = Samples.normals(3, 1, 20, 3);
    int[] labels = new int[20];
    Arrays.setAll(labels, i -> i % 3);
    LogitScaling scaling = LogitScaling.matrix(logits, labels, 0.1);
    ClasswiseCalibration classwise =
        ClasswiseCalibration.histogram(
            Samples.array(new long[] {2, 2}, 0.2, 0.8, 0.7, 0.3), new int[] {1, 0}, 5);
    Map<String, INDArray> both = new LinkedHashMap<>(scaling.arrays());
    both.putAll(classwise.arrays());
    Checkpoint.save(used(), file, Map.of("with", "calibration"), both);

    Sequential loaded = cnn(99, 6);
    assertThat(Checkpoint.load(loaded, file)).containsEntry("with", "calibration");
    assertNumbers(loaded, numbers(used()));
    Map<String, INDArray> arrays = Checkpoint.calibration(file);
    assertThat(LogitScaling.of(arrays).apply(logits)).isEqualTo(scaling.apply(logits));
    assertThat(ClasswiseCalibration.of(arrays).arrays()).isEqualTo(classwise.arrays());
    assertThat(Checkpoint.calibration(saved())).isEmpty();
    assertThatThrownBy(() -> Checkpoint.save(used(), file, Map.of(), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("calibration must not be null");
  }

  @Test
  void wordsMayBeLeftOut() throws IOException {
    Path file = folder.resolve("wordless.safetensors");
    Checkpoint.save(used(), file);
    Sequential loaded = cnn(99, 6);
    assertThat(Checkpoint.load(loaded, file)).isEmpty();
    assertNumbers(loaded, numbers(used()));
  }

  @Test
  void everyProblemIsInTheOneError() throws IOException {
    Map<String, INDArray> state = StateDict.copyOf(used());
    List<String> gone =
        state.keySet().stream().filter(name -> !name.contains("prior")).limit(12).toList();
    gone.forEach(state::remove);
    for (int i = 0; i < 12; i++) {
      state.put("unexpected" + i, Nd4j.zeros(1));
    }
    state.put("4.weight.mu", Nd4j.zeros(3));
    Sequential model = cnn(99, 6);
    List<String> problems = new ArrayList<>();
    gone.stream().filter(name -> !name.equals("4.weight.mu")).forEach(problems::add);
    for (int i = 0; i < 12; i++) {
      problems.add("unexpected" + i + " is not part of the model");
    }
    problems.add("4.weight.mu must have shape");
    assertThatThrownBy(() -> StateDict.load(model, state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(problems.toArray(CharSequence[]::new));
  }

  @Test
  void anotherArchitectureIsOneErrorThatNamesWhatIsMissingAndUnexpected() throws IOException {
    Path file = saved();
    Sequential other = Sequential.of(cnn(99, 6).slots().get(0).layer(), new BatchNorm2d(6));
    Sequential longer =
        Sequential.of(
            cnn(99, 6).slots().get(0).layer(),
            new BatchNorm2d(6),
            Activation.RELU,
            new BatchNorm2d(6));
    Map<String, double[]> before = numbers(other);
    assertThatThrownBy(() -> Checkpoint.load(other, file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining("4.weight.mu is not part of the model")
        .hasMessageContaining("4.weight.prior.pi is not part of the model");
    assertThatThrownBy(() -> Checkpoint.load(longer, file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3.running_var is missing")
        .hasMessageContaining("4.bias.rho is not part of the model");
    assertNumbers(other, before);
  }

  @Test
  void aPriorThatIsMissingIsAnErrorThatChangesNothing() throws IOException {
    Map<String, INDArray> state = StateDict.copyOf(used());
    state.remove("4.weight.prior.sigma1");
    Path file = folder.resolve("half.safetensors");
    SafeTensors.write(file, state, Map.of());
    Sequential model = cnn(99, 6);
    Map<String, double[]> before = numbers(model);
    assertThatThrownBy(() -> Checkpoint.load(model, file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("half.safetensors")
        .hasMessageContaining("4.weight.prior.");
    assertNumbers(model, before);
  }

  @Test
  void aTruncatedFileIsMalformedAndChangesNothing() throws IOException {
    Path file = saved();
    byte[] whole = Files.readAllBytes(file);
    Sequential model = cnn(99, 6);
    Map<String, double[]> before = numbers(model);
    for (int length : new int[] {0, 7, 100, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Checkpoint.load(model, file))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(MalformedTensorFileException.class)
          .hasMessageContaining("model.safetensors");
    }
    assertNumbers(model, before);
  }

  @Test
  void aMissingFileIsAnInputOutputError() {
    Sequential model = cnn(99, 6);
    assertThatThrownBy(() -> Checkpoint.load(model, folder.resolve("none.safetensors")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("none.safetensors");
    assertNumbers(model, numbers(cnn(99, 6)));
  }

  @Test
  void aTrainersCheckpointLoadsAsAModel() throws IOException {
    Sequential trained = cnn(1, 6);
    Path file = folder.resolve("run.safetensors");
    Trainer.of(trained, Losses.crossEntropy(), Dataset.of(IMAGES, new int[] {0, 1, 2, 0}, 3))
        .epochs(2)
        .batchSize(2)
        .checkpoint(file)
        .build()
        .fit();
    assertThat(SafeTensors.read(file).tensors().keySet())
        .anyMatch(name -> name.startsWith(Checkpoint.TRAINING_PREFIX));
    Sequential loaded = cnn(99, 6);
    Checkpoint.load(loaded, file);
    assertNumbers(loaded, numbers(trained));
  }

  @Test
  void aModelAloneIsNoTrainersCheckpoint() throws IOException {
    Path file = saved();
    TensorFile content = SafeTensors.read(file);
    assertThatThrownBy(() -> Checkpoint.trainingArrays(file, content))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("model.safetensors");
  }

  @Test
  void aFileInPlaceOfTheFolderCannotBeWrittenBelow() throws IOException {
    Path file = saved();
    byte[] older = Files.readAllBytes(file);
    assertThatThrownBy(
            () -> Checkpoint.save(cnn(99, 6), file.resolve("below.safetensors"), Map.of()))
        .isInstanceOf(IOException.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(older);
  }

  @Test
  void anOlderFileIsKeptWhenTheNewCannotBeStored() throws IOException {
    Path file = saved();
    byte[] older = Files.readAllBytes(file);
    assertThatThrownBy(() -> Checkpoint.save(cnn(99, 6), file, Map.of("word", "\uD800")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(older);
    try (var names = Files.list(folder)) {
      assertThat(names).containsExactly(file);
    }
  }

  @Test
  void aFolderInPlaceOfTheFileIsLeftAsItIs() throws IOException {
    Path target = Files.createDirectory(folder.resolve("taken"));
    Files.writeString(target.resolve("inside"), "kept");
    assertThatThrownBy(() -> Checkpoint.save(cnn(99, 6), target, Map.of()))
        .isInstanceOf(IOException.class);
    assertThat(target.resolve("inside")).hasContent("kept");
    try (var names = Files.list(folder)) {
      assertThat(names).containsExactly(target);
    }
  }
}
