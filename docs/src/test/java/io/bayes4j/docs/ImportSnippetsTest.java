package io.bayes4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.onnx.OnnxExport;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportSnippetsTest {
  @TempDir Path folder;

  @Test
  void modelsAreReadConvertedSavedAndWritten() throws IOException {
    Init init = Init.seeded(1);
    Sequential plain =
        Sequential.of(
            new Conv2d(ConvSpec.conv2d(3, 2, 3).withStride(2), init),
            Activation.RELU,
            new GlobalAvgPool());
    Path file = folder.resolve("plain.onnx");
    OnnxExport.mean(plain, file, 3, 224, 224);

    Layer bayesian = ImportSnippets.read(file);
    Path saved = folder.resolve("bayesian.safetensors");
    Checkpoint.save(bayesian, saved);
    Layer again =
        DnnToBnn.convert(ModelFile.read(file).model(), ConversionOptions.flipout()).model();
    ImportSnippets.load(again, saved);
    Path means = folder.resolve("means.safetensors");
    ImportSnippets.save(again, means);
    assertThat(ImportSnippets.weights(bayesian, means)).isEqualTo("loaded as it is");
    ImportSnippets.write(bayesian, folder.resolve("mean.onnx"), folder.resolve("draw.onnx"));

    assertThat(Layers.parameters(again)).hasSize(4);
    assertThat(ModelFile.read(folder.resolve("draw.onnx")).producer()).isEqualTo("Bayes4J");
  }

  @Test
  void aGraphPrintsItself() {
    assertThat(ImportSnippets.graph()).contains("sum: ADD <- relu, x").contains("[1, 3, 8, 8]");
  }
}
