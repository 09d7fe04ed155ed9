package io.bayes4j.docs;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.random.Noise;
import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.imports.onnx.OnnxExport;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.TorchStateDict;
import java.io.IOException;
import java.nio.file.Path;

/** What docs/import.md shows; each region is a block of code there. */
final class ImportSnippets {
  private ImportSnippets() {}

  static Layer read(Path file) throws IOException {
    // region read
    ImportedModel imported = ModelFile.read(file);
    Layer bayesian =
        DnnToBnn.convert(imported.model(), ConversionOptions.flipout().withMoped(Moped.of(0.1)))
            .model();
    // endregion
    return bayesian;
  }

  static void load(Layer bayesian, Path checkpoint) throws IOException {
    // region load
    Checkpoint.load(bayesian, checkpoint);
    // endregion
  }

  static String weights(Layer model, Path weights) throws IOException {
    // region weights
    TorchStateDict.Loaded loaded = TorchStateDict.load(model, weights);
    String report = loaded.toString();
    // endregion
    return report;
  }

  static void save(Layer bayesian, Path means) throws IOException {
    // region save
    TorchStateDict.save(bayesian, means);
    // endregion
  }

  static void write(Layer bayesian, Path mean, Path draw) throws IOException {
    // region write
    OnnxExport.mean(bayesian, mean, 3, 224, 224);
    OnnxExport.draw(bayesian, Noise.seeded(1), draw, 3, 224, 224);
    // endregion
  }

  static String graph() {
    // region graph
    Graph residual =
        Graph.from("x")
            .add("conv", new Conv2d(ConvSpec.conv2d(3, 3, 3).withPadding(1), Init.seeded(1)), "x")
            .add("relu", Activation.RELU, "conv")
            .add("sum", Arithmetic.ADD, "relu", "x")
            .build("sum");
    String table = Layers.summary(residual, 1, 3, 8, 8);
    // endregion
    return table;
  }
}
