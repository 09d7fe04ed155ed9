package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.onnx.OnnxExport;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Models that another library has trained: files instead of classes. */
class FileModelTest {
  private static final int COUNT = 30;
  private static final INDArray INPUTS = Examples.inputs(COUNT);

  @TempDir private static Path folder;
  private static String file;

  @BeforeAll
  static void export() throws IOException {
    Sessions.local();
    Path onnx = folder.resolve("plain.onnx");
    OnnxExport.mean(plain(1), onnx, SmallNetwork.INPUTS);
    file = onnx.toString();
  }

  private static Layer plain(long seed) {
    return Zoo.mlp(LayerFactory.deterministic(Init.seeded(seed)), SmallNetwork.INPUTS, 16, 4);
  }

  private static Layer bayesian(Path plain) throws IOException {
    ConversionOptions options = ConversionOptions.flipout().withMoped(Moped.of(0.1));
    return DnnToBnn.convert(ModelFile.read(plain).model(), options).model();
  }

  private static void assertNumbers(BayesianModel model, MonteCarlo expected) {
    Dataset<Row> frame = Examples.frame(Sessions.local(), INPUTS).coalesce(1);
    List<Row> rows = Examples.byId(model.setInputShape(SmallNetwork.INPUTS).transform(frame));
    float[] mean = FloatMemory.numbers(expected.classify(INPUTS).mean(), "mean");
    int classes = mean.length / COUNT;
    for (int i = 0; i < mean.length; i++) {
      double found = rows.get(i / classes).<Vector>getAs("probability").apply(i % classes);
      assertThat((float) found).isEqualTo(mean[i]);
    }
  }

  @Test
  void aFileIsScoredAsItIs() throws IOException {
    assertNumbers(
        BayesianModel.ofFile(file).setMode(Mode.MEAN), MonteCarlo.of(plain(1)).mode(Mode.MEAN));
  }

  @Test
  void aFileBecomesBayesianAndStaysItWhenSaved() throws IOException {
    BayesianModel model = BayesianModel.ofFile(file, "flipout", 0.1, "").setDraws(8).setSeed(3);
    MonteCarlo expected = MonteCarlo.of(bayesian(Path.of(file))).samples(8).seed(3);
    assertNumbers(model, expected);
    String saved = folder.resolve("saved").toUri().toString();
    model.write().overwrite().save(saved);
    assertNumbers(BayesianModel.load(saved), expected);
  }

  @Test
  void aCheckpointHoldsWhatTheBayesianNetworkHasLearnedSince() throws IOException {
    Path other = folder.resolve("other.onnx");
    OnnxExport.mean(plain(2), other, SmallNetwork.INPUTS);
    Layer trained = bayesian(other);
    Path checkpoint = folder.resolve("trained.safetensors");
    Checkpoint.save(trained, checkpoint);
    assertNumbers(
        BayesianModel.ofFile(file, "flipout", 0.1, checkpoint.toString()).setDraws(8).setSeed(3),
        MonteCarlo.of(trained).samples(8).seed(3));
  }

  @Test
  void mistakesAreNamed() throws IOException {
    assertThatThrownBy(() -> BayesianModel.ofFile(folder.resolve("none.onnx").toString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none.onnx");
    Path noModel = Files.writeString(folder.resolve("text.onnx"), "no model");
    assertThatThrownBy(() -> BayesianModel.ofFile(noModel.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(noModel + ": file must be of a known format");
    assertThatThrownBy(() -> BayesianModel.ofFile(file, "dropout", 0.1, ""))
        .hasMessageContaining("the name of an estimator in lower case, got dropout");
    assertThatThrownBy(() -> BayesianModel.ofFile(file, "flipout", -1, ""))
        .hasMessageContaining("moped");
  }
}
