package io.bayes4j.imports.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.parts.Overlay;
import io.bayes4j.layers.AdaptiveAvgPool;
import io.bayes4j.layers.AdaptiveMaxPool;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.TransformerEncoder;
import io.bayes4j.layers.TransformerSpec;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.SmallZoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
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
    assertThat(Layers.parameterCount(again)).isLessThanOrEqualTo(Layers.parameterCount(model));
  }

  /** They would be trained, and drawn from a posterior. */
  @Test
  void masksAreNoWeightsWhenTheyAreReadAgain() throws IOException {
    INDArray kept = Samples.array(new long[] {2, 2}, 1, 0, 1, 1);
    INDArray numbers = Samples.array(new long[] {2, 2}, 0, 5, 0, 0);
    INDArray mask = Samples.array(new long[] {2, 2}, 0, -Float.MAX_VALUE, 0.5, 0);
    INDArray x = Samples.normals(1, 3, 2, 2);
    for (Layer overlay : List.of(new Overlay(kept, numbers), Overlay.sum(mask))) {
      Path written = folder.resolve("mask.onnx");

      OnnxExport.mean(Sequential.of(overlay), written, 2, 2);

      Layer again = ModelFile.read(written).model();
      assertThat(Layers.parameterCount(again)).isZero();
      assertThat(OnnxCase.run(again, x)).isEqualTo(OnnxCase.run(overlay, x));
    }
  }

  static Stream<String> zoo() {
    return SmallZoo.names();
  }

  @ParameterizedTest
  @MethodSource("zoo")
  void theZooIsWritten(String name) throws IOException {
    Layer model = SmallZoo.make(name, LayerFactory.deterministic(Init.seeded(1)));
    Layer bayesian =
        SmallZoo.make(
            name,
            LayerFactory.variational(
                Estimator.FLIPOUT, VariationalSpec.defaults(), Init.seeded(1)));
    for (Layer network : List.of(model, bayesian)) {
      writtenComputesTheSame(network, SmallZoo.exampleShape(name));
    }
  }

  private void writtenComputesTheSame(Layer model, long... example) throws IOException {
    long[] shape = LongStream.concat(LongStream.of(2), LongStream.of(example)).toArray();
    INDArray x = Samples.normals(3, shape);
    stir(model, x);
    Path written = folder.resolve("network.onnx");

    OnnxExport.mean(model, written, example);

    Layer again = ModelFile.read(written).model();
    Doubles.assertClose("y", OnnxCase.run(again, x), OnnxCase.run(model, x), 1e-5);
    assertThat(Layers.parameterCount(again)).isLessThanOrEqualTo(Layers.parameterCount(model));
  }

  /** Gives normalisations and layer scales numbers that matter: they begin with ones and zeros. */
  static void stir(Layer model, INDArray x) {
    Pass.train(Noise.seeded(1)).run(model, Var.constant(x));
    for (Layers.Located place : Layers.of(model)) {
      if (!(place.layer() instanceof Affine)) {
        place
            .layer()
            .parameters()
            .values()
            .forEach(p -> p.assign(Samples.normals(5, p.shape()).mul(0.3).add(1)));
      }
    }
  }

  /** Windows of different sizes, at other lengths than the network is for. */
  @ParameterizedTest
  @CsvSource({"5, 3, 4", "3, 7, 7", "4, 4, 9", "6, 2, 3"})
  void meansAndMaximaOfUnevenWindowsAreWritten(int length, int rows, int columns)
      throws IOException {
    writtenComputesTheSame(Sequential.of(AdaptiveAvgPool.of(rows, columns)), 2, length, 6);
    writtenComputesTheSame(Sequential.of(AdaptiveMaxPool.of(rows, columns)), 2, length, 6);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void encodersAreWritten(boolean normFirst) throws IOException {
    TransformerSpec spec = TransformerSpec.of(6, 2).withFeedforward(8);
    TransformerSpec ordered = normFirst ? spec.withNormFirst() : spec;
    Layer plain = new TransformerEncoder(ordered, 2, normFirst, Init.seeded(1));
    writtenComputesTheSame(plain, 5, 6);
    writtenComputesTheSame(DnnToBnn.convert(plain, ConversionOptions.flipout()).model(), 5, 6);
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

  /** A block whose forward is all that tells what it does. */
  private static final class Own extends Block {
    private final Slot<Layer> dense = slot("dense", new Linear(3, 3, Init.seeded(1)));

    @Override
    public Var forward(Var x, Pass pass) {
      return dense.forward(x, pass);
    }
  }

  @Test
  void whatCannotBeWrittenIsNamedAndNothingIsWritten() {
    Path written = folder.resolve("own.onnx");
    Layer model = Sequential.of(new Own(), new Linear(3, 2, Init.seeded(1)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxExport.mean(model, written, 3))
        .withMessageContaining("the model cannot be written as ONNX")
        .withMessageContaining("\"0\", Own");
    assertThat(Files.exists(written)).isFalse();
  }
}
