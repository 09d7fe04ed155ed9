package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.TensorFile;
import io.bayes4j.layers.loss.AlignmentLosses;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Adam;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.optim.Sgd;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A run goes on only as the run that it was. */
final class ResumeTest {
  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("run.safetensors");
  }

  private static Arguments with(UnaryOperator<Trainer.Builder> change, String message) {
    return Arguments.of(change, message);
  }

  static Stream<Arguments> otherSettings() {
    return Stream.of(
        with(t -> t.seed(4), "seed 3 (now 4)"),
        with(t -> t.batchSize(12), "batchSize 8 (now 12)"),
        with(t -> t.samples(2), "samples 1 (now 2)"),
        with(t -> t.dropLast(), "dropLast false (now true)"),
        with(t -> t.accumulate(2), "accumulate 1 (now 2)"),
        with(t -> t.learningRate(0.03), "learningRate 0.02 (now 0.03) at the start of epoch 1"),
        with(
            t -> t.learningRate(Schedule.steps(0.02, 0.1, 1)),
            "learningRate 0.02 (now 0.002) at the start of epoch 2"),
        with(
            t -> t.learningRate(time -> time > 0.5 && time < 1 ? 0.01 : 0.02),
            "learningRate that begins epoch 1 at 0.02 (now too, but differs later in it)"),
        with(t -> t.beta(0.5), "beta 1.0 (now 0.5) at the start of epoch 1"),
        with(t -> t.beta(Schedule.linear(1, 0, 2)), "beta that begins epoch 1 at 1.0"),
        with(t -> t.clipNorm(10), "clipNorm Infinity (now 10.0)"),
        with(t -> t.precision(Precision.BF16), "precision F32 (now BF16)"),
        with(
            t -> t.optimizer(p -> new Adam(p, 0.01)),
            "weightDecay 0.0) (now Adam(beta1 0.9, beta2 0.999, epsilon 1.0E-8, weightDecay 0.01)"),
        with(
            t -> t.optimizer(p -> new Adam(p, 0.8, 0.999, 1e-8, 0)),
            "now Adam(beta1 0.8, beta2 0.999"),
        with(t -> t.optimizer(p -> new Sgd(p, 0.9, 0)), "now Sgd(momentum 0.9, weightDecay 0.0)"));
  }

  @ParameterizedTest
  @MethodSource("otherSettings")
  void anotherSettingIsNamedWithBothValues(UnaryOperator<Trainer.Builder> change, String message)
      throws IOException {
    Runs.trainer(Runs.model()).epochs(2).checkpoint(file).build().fit();
    assertRefused(change.apply(Runs.trainer(Runs.model()).checkpoint(file).resume()), message);
  }

  private void assertRefused(Trainer.Builder trainer, String message) throws IOException {
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(() -> trainer.build().fit())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file + " was written with ")
        .hasMessageContaining(message)
        .hasMessageContaining("a run goes on only with the settings that it began with");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void otherDataOfTheSameSizeAreRefused() throws IOException {
    Runs.trainer(Runs.model()).epochs(1).checkpoint(file).build().fit();
    assertRefused(
        Runs.trainer(Runs.model(), Runs.data(24, 2)).checkpoint(file).resume(),
        "data FLOAT[24, 3]#");
    Sequential fresh = Runs.model();
    Map<String, double[]> before = Runs.numbers(fresh);
    INDArray x = Noise.seeded(1).normals(24, 3);
    Dataset otherLabels = Dataset.of(x, new int[24], 2);
    assertRefused(Runs.trainer(fresh, otherLabels).checkpoint(file).resume(), "data FLOAT[24, 3]#");
    Runs.assertSame(fresh, before);
    assertRefused(
        Runs.trainer(Runs.model(), Runs.data(23, 1)).checkpoint(file).resume(),
        "datasetSize 24 (now 23)");
  }

  /** Data that are asked for, and may be new each time. */
  private record Asked(Dataset from, float shift, boolean random, List<String> asked)
      implements Dataset {
    @Override
    public int size() {
      return from.size();
    }

    @Override
    public Batch batch(int... indices) {
      Batch batch = from.batch(indices);
      asked.add("batch");
      double added = shift + (random ? 0.001 * asked.size() : 0);
      return new Batch(batch.inputs().add(added), batch.targets());
    }
  }

  @Test
  void aUsersDataAreComparedBySomeExamples() throws IOException {
    Asked data = new Asked(Runs.data(24, 1), 0, false, new ArrayList<>());
    Runs.trainer(Runs.model(), data).epochs(1).checkpoint(file).build().fit();
    Runs.trainer(Runs.model(), data).checkpoint(file).resume().build().fit();
    Asked shifted = new Asked(Runs.data(24, 1), 1, false, new ArrayList<>());
    assertRefused(
        Runs.trainer(Runs.model(), shifted).checkpoint(file).resume(),
        "data 24 examples, of them FLOAT[16, 3]#");
  }

  @Test
  void whatIsNewAtEachCallIsComparedByShapeAndTheRestByContent() throws IOException {
    Asked data = new Asked(Runs.data(24, 1), 0, true, new ArrayList<>());
    Runs.trainer(Runs.model(), data).epochs(1).checkpoint(file).build().fit();
    assertThat(data.fingerprint()).startsWith("24 examples, of them FLOAT[16, 3] -> FLOAT[16]#");
    Asked again = new Asked(Runs.data(24, 1), 7, true, new ArrayList<>());
    Runs.trainer(Runs.model(), again).checkpoint(file).resume().build().fit();
    Asked otherLabels = new Asked(Runs.data(24, 9), 0, true, new ArrayList<>());
    assertRefused(
        Runs.trainer(Runs.model(), otherLabels).checkpoint(file).resume(), "FLOAT[16, 3] -> ");
  }

  @Test
  void anotherLossOrLayerIsNamed() throws IOException {
    Runs.trainer(Runs.model()).epochs(1).checkpoint(file).build().fit();
    Trainer.Builder otherLoss =
        Trainer.of(
                Runs.model(),
                (y, t) -> Ops.scale(Losses.crossEntropy().of(y, t), 2),
                Runs.data(24, 1))
            .epochs(2)
            .batchSize(8)
            .seed(3)
            .learningRate(0.02);
    assertRefused(otherLoss.checkpoint(file).resume(), "(now lambda)");
    Init init = Init.seeded(2);
    Sequential otherDropout =
        Sequential.of(
            new LinearFlipout(3, 4, VariationalSpec.defaults(), init),
            new BatchNorm1d(4),
            Activation.TANH,
            new Dropout(0.5),
            new Linear(4, 2, init));
    assertRefused(Runs.trainer(otherDropout).checkpoint(file).resume(), "layer 3 ");
    assertRefused(Runs.trainer(otherDropout).checkpoint(file).resume(), "layer 2 RELU (now TANH)");
  }

  @Test
  void theWordsOfALossAreTheSameInEveryProcess() {
    Loss own = (y, t) -> y;
    assertThat(RunSettings.word(own)).isEqualTo("lambda");
    for (Loss loss :
        List.of(
            Losses.meanSquaredError(),
            Losses.gaussianNll(),
            Losses.gaussianNll(0.5),
            Losses.crossEntropy(),
            Losses.binaryCrossEntropy(),
            AlignmentLosses.accuracyVersusUncertainty(0.3))) {
      assertThat(RunSettings.word(loss)).doesNotContain("@", "$$", "0x");
    }
    assertThat(RunSettings.word(Losses.gaussianNll(0.5)))
        .isNotEqualTo(RunSettings.word(Losses.gaussianNll(0.6)));
  }

  @Test
  void theWeightsOfExamplesAreComparedToo() throws IOException {
    double[] weights = new double[24];
    Arrays.fill(weights, 1);
    Dataset data = Runs.data(24, 1).weighted(weights);
    Runs.trainer(Runs.model(), data).epochs(1).checkpoint(file).build().fit();
    Runs.trainer(Runs.model(), data).checkpoint(file).resume().build().fit();
    weights[3] = 2;
    Dataset other = Runs.data(24, 1).weighted(weights);
    assertRefused(Runs.trainer(Runs.model(), other).checkpoint(file).resume(), "weighted #");
  }

  @Test
  void moreEpochsAndAScheduleThatIsTheSameSoFarGoOn() throws IOException {
    Sequential whole = Runs.model();
    Schedule cosine = Schedule.cosine(0.02, 0.001, 5);
    Runs.trainer(whole).epochs(5).learningRate(cosine).build().fit();
    Runs.trainer(Runs.model()).epochs(2).learningRate(cosine).checkpoint(file).build().fit();
    Sequential resumed = Runs.model();
    Runs.trainer(resumed)
        .epochs(5)
        .learningRate(Schedule.cosine(0.02, 0.001, 5))
        .checkpoint(file)
        .resume()
        .build()
        .fit();
    Runs.assertSame(resumed, Runs.numbers(whole));
  }

  @Test
  void aLinkThatLeadsToNoFileIsAnErrorAndStays() throws IOException {
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("gone"));
    Path loop = folder.resolve("loop");
    Files.createSymbolicLink(loop, Path.of("loop"));
    for (Path link : List.of(dangling, loop)) {
      Sequential model = Runs.model();
      Map<String, double[]> before = Runs.numbers(model);
      assertThatThrownBy(() -> Runs.trainer(model).checkpoint(link).resume().build().fit())
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining(link + ": cannot be written: is a symbolic link to");
      assertThat(link).isSymbolicLink();
      Runs.assertSame(model, before);
    }
  }

  @Test
  void aLinkToACheckpointIsFollowed() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("last"), Path.of("run.safetensors"));
    Runs.trainer(Runs.model()).epochs(1).checkpoint(file).build().fit();
    List<EpochRecord> history =
        Runs.trainer(Runs.model()).epochs(3).checkpoint(link).resume().build().fit();
    assertThat(history).hasSize(3);
    assertThat(link).isSymbolicLink();
    assertThat(Runs.trainer(Runs.model()).epochs(3).checkpoint(file).resume().build().fit())
        .isEqualTo(history);
  }

  @Test
  void aFolderThatIsMissingIsSaidBeforeTheFirstEpoch() {
    List<EpochRecord> seen = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void epoch(EpochRecord record) {
            seen.add(record);
          }
        };
    Path nowhere = folder.resolve("none").resolve("run.safetensors");
    assertThatThrownBy(
            () -> Runs.trainer(Runs.model()).listener(listener).checkpoint(nowhere).build().fit())
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("none is not a folder");
    assertThat(seen).isEmpty();
  }

  static Stream<Arguments> brokenRecords() {
    String epoch =
        "{\"epoch\":%d,\"loss\":1,\"negativeLogLikelihood\":1,\"kl\":0,\"learningRate\":0.1,"
            + "\"gradientNorm\":1,\"seconds\":1,\"training\":{},\"validation\":{}}";
    String one = String.format(java.util.Locale.US, epoch, 1);
    return Stream.of(
        Arguments.of("history", "null", "must not be null"),
        Arguments.of("history", "[null]", "must have no null, has one at 0"),
        Arguments.of("history", "[]", "must have an epoch"),
        Arguments.of("history", "{}", "cannot be read"),
        Arguments.of("history", "[" + one, "cannot be read"),
        Arguments.of("history", "", "cannot be read"),
        Arguments.of("history", "[" + one + "," + one + "]", "must have epoch 2 at 1, has 1"),
        Arguments.of(
            "history", String.format(java.util.Locale.US, "[" + epoch + "]", 2), "must have epoch"),
        Arguments.of(
            "history", "[" + one.replace("\"loss\":1", "\"loss\":\"NaN\"") + "]", "finite figures"),
        Arguments.of(
            "history", "[" + one.replace("\"loss\":1", "\"loss\":null") + "]", "cannot be read"),
        Arguments.of("history", "[" + one.replace("\"loss\":1,", "") + "]", "cannot be read"),
        Arguments.of(
            "history", "[" + one.replace("\"epoch\":1", "\"epoch\":1.5") + "]", "cannot be read"),
        Arguments.of(
            "history", "[" + one.replace("\"training\":{}", "\"training\":null") + "]", "be read"),
        Arguments.of(
            "history",
            "[" + one.replace("\"training\":{}", "\"training\":{\"a\":null}") + "]",
            "be read"),
        Arguments.of("history", "[".repeat(100_000), "cannot be read"),
        Arguments.of("settings", "null", "must not be null"),
        Arguments.of("settings", "[]", "cannot be read"),
        Arguments.of("settings", "{}", "cannot be read"),
        Arguments.of(
            "settings",
            "{\"words\":{\"seed\":null},\"learningRate\":{\"starts\":[],\"hashes\":[]},"
                + "\"beta\":{\"starts\":[],\"hashes\":[]}}",
            "must be whole"),
        Arguments.of(
            "settings",
            "{\"words\":{},\"learningRate\":{\"starts\":[1],\"hashes\":[]},"
                + "\"beta\":{\"starts\":[],\"hashes\":[]}}",
            "must be whole"),
        Arguments.of(
            "settings",
            "{\"words\":{},\"learningRate\":{\"starts\":[null],\"hashes\":[null]},"
                + "\"beta\":{\"starts\":[],\"hashes\":[]}}",
            "be read"),
        Arguments.of(
            "settings", "{\"words\":{},\"learningRate\":null,\"beta\":null}", "cannot be read"));
  }

  @ParameterizedTest
  @MethodSource("brokenRecords")
  void aBrokenRecordIsAnErrorThatChangesNothing(String key, String text, String message)
      throws IOException {
    Runs.trainer(Runs.model()).epochs(1).checkpoint(file).build().fit();
    TensorFile content = SafeTensors.read(file);
    Map<String, String> words = new LinkedHashMap<>(content.metadata());
    words.put("bayes4j." + key, text);
    SafeTensors.write(file, content.tensors(), words);
    assertUnchangedBy(IOException.class, "bayes4j." + key + " ", message);
    words.remove("bayes4j." + key);
    SafeTensors.write(file, content.tensors(), words);
    assertUnchangedBy(IOException.class, "bayes4j." + key + " cannot be read");
  }

  private void assertUnchangedBy(Class<? extends Exception> type, String... messages) {
    Sequential model = Runs.model();
    Map<String, double[]> before = Runs.numbers(model);
    assertThatThrownBy(() -> Runs.trainer(model).checkpoint(file).resume().build().fit())
        .isInstanceOf(type)
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll(messages);
    Runs.assertSame(model, before);
  }

  @Test
  void momentsThatNoOptimizerCanHaveAreRefused() throws IOException {
    Runs.trainer(Runs.model()).epochs(1).checkpoint(file).build().fit();
    TensorFile content = SafeTensors.read(file);
    String prefix = Checkpoint.TRAINING_PREFIX + "optimizer/";
    Map<String, INDArray> bad = new LinkedHashMap<>();
    bad.put("4.bias.first_moment", Nd4j.createFromArray(Float.NaN, 0f));
    bad.put("4.bias.second_moment", Nd4j.createFromArray(-1f, 0f));
    bad.put("4.weight.first_moment", Nd4j.createFromArray(1f, 0f));
    bad.put("steps", Nd4j.createFromArray(0f, 7f));
    for (Map.Entry<String, INDArray> entry : bad.entrySet()) {
      Map<String, INDArray> arrays = new LinkedHashMap<>(content.tensors());
      arrays.put(prefix + entry.getKey(), entry.getValue());
      SafeTensors.write(file, arrays, content.metadata());
      assertUnchangedBy(
          IllegalArgumentException.class,
          entry.getKey().equals("steps") ? "has made 7 steps" : "state " + entry.getKey());
    }
    bad.put("steps", Nd4j.createFromArray(0f, -1.5f));
    Map<String, INDArray> arrays = new LinkedHashMap<>(content.tensors());
    arrays.put(prefix + "steps", Nd4j.createFromArray(0f, 1.5f));
    SafeTensors.write(file, arrays, content.metadata());
    assertUnchangedBy(IllegalArgumentException.class, "must hold two whole numbers in [0, 2^24)");
    arrays.putAll(content.tensors());
    arrays.put("training/other", Nd4j.ones(1));
    SafeTensors.write(file, arrays, content.metadata());
    assertUnchangedBy(IllegalArgumentException.class, "arrays of no known use: [other]");
  }
}
