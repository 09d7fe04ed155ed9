package io.bayes4j.imports.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.imports.ModelFile;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is written is read again here; {@code onnx_check.py} runs it in ONNX Runtime. */
final class OnnxExportTest {
  @TempDir Path folder;

  /** All but a layer that computes step by step, which there is no operator for. */
  static List<OnnxCase> files() {
    return OnnxCase.all().stream()
        .filter(file -> !file.file().endsWith("gru-before.onnx"))
        .toList();
  }

  static long[] example(OnnxCase file) {
    long[] shape = file.x().shape();
    long[] example = new long[shape.length - 1];
    System.arraycopy(shape, 1, example, 0, example.length);
    return example;
  }

  @ParameterizedTest
  @MethodSource("files")
  void whatIsWrittenAtTheMeanComputesTheSame(OnnxCase file) throws IOException {
    Layer model = ModelFile.read(file.file()).model();
    Layer bayesian = DnnToBnn.convert(model, ConversionOptions.reparameterization()).model();
    Path written = folder.resolve("mean.onnx");

    OnnxExport.mean(bayesian, written, example(file));

    Layer again = ModelFile.read(written).model();
    Doubles.assertClose("y", file.run(again), file.y(), 1e-5);
  }

  @Test
  void branchesOfTheZooAreWritten() throws IOException {
    Layer model = Zoo.uNet(LayerFactory.deterministic(Init.seeded(1)), 1, 2);
    INDArray x = Samples.normals(3, 2, 1, 16, 16);
    Path written = folder.resolve("unet.onnx");

    OnnxExport.mean(model, written, 1, 16, 16);

    Layer again = ModelFile.read(written).model();
    Doubles.assertClose("y", OnnxCase.run(again, x), OnnxCase.run(model, x), 1e-5);
  }

  @Test
  void drawsFollowFromTheirNoise() throws IOException {
    OnnxCase file = OnnxCase.named("mlp-old.onnx");
    Layer model = ModelFile.read(file.file()).model();
    Layer bayesian = DnnToBnn.convert(model, ConversionOptions.flipout()).model();
    List<INDArray> drawn =
        List.of(draw(bayesian, 1, file), draw(bayesian, 1, file), draw(bayesian, 2, file));

    assertThat(drawn.get(0)).isEqualTo(drawn.get(1)).isNotEqualTo(drawn.get(2));
    assertThat(drawn.get(0)).isNotEqualTo(file.run(bayesian));
  }

  private INDArray draw(Layer bayesian, long seed, OnnxCase file) throws IOException {
    Path written = folder.resolve("draw.onnx");
    OnnxExport.draw(bayesian, Noise.seeded(seed), written, example(file));
    return file.run(ModelFile.read(written).model());
  }

  @Test
  void whatCannotBeWrittenIsNamedAndNothingIsWritten() {
    Path written = folder.resolve("resnet.onnx");
    Layer resnet = Zoo.imageNetResNet(LayerFactory.deterministic(Init.seeded(1)), 18, 10);
    Layer model = Sequential.of(resnet, new Linear(10, 2, Init.seeded(1)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxExport.mean(model, written, 3, 32, 32))
        .withMessageContaining("the model cannot be written as ONNX")
        .withMessageContaining("\"0\", ResNet");
    assertThat(Files.exists(written)).isFalse();
  }
}
