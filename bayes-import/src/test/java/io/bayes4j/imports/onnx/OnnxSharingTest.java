package io.bayes4j.imports.onnx;

import static io.bayes4j.imports.onnx.OnnxForgedTest.model;
import static io.bayes4j.imports.onnx.OnnxForgedTest.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.convert.Conversion;
import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays of a file that several layers use. */
final class OnnxSharingTest {
  @TempDir Path folder;

  private static final INDArray X = Samples.array(new long[] {1, 2}, 1, -2);

  private static TensorProto.Builder array(String name, long[] shape, float... numbers) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(1);
    for (long length : shape) {
      tensor.addDims(length);
    }
    for (float number : numbers) {
      tensor.addFloatData(number);
    }
    return tensor;
  }

  private static ImportedModel read(Consumer<GraphProto.Builder> content) throws IOException {
    return OnnxFormat.read(
        Path.of("shared.onnx"),
        model(
                graph -> {
                  graph.addInitializer(array("w", new long[] {2, 2}, 1, 2, 3, 4));
                  graph.addInitializer(array("a", new long[] {2}, 1, 1));
                  graph.addInitializer(array("b", new long[] {2}, 0, -1));
                  content.accept(graph);
                })
            .build()
            .toByteString());
  }

  private static NodeProto.Builder turned(String output, String input) {
    return node("Transpose", output, input)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("perm")
                .setType(AttributeProto.AttributeType.INTS)
                .addInts(1)
                .addInts(0));
  }

  private static NodeProto.Builder gemm(String output, String... inputs) {
    return node("Gemm", output, inputs)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("transB")
                .setType(AttributeProto.AttributeType.INT)
                .setI(1));
  }

  private static List<Layer> withWeights(Layer model) {
    return Layers.of(model).stream()
        .map(Layers.Located::layer)
        .filter(layer -> !layer.parameters().isEmpty())
        .toList();
  }

  @Test
  void aLayerThatIsUsedTwiceIsOne() throws IOException {
    ImportedModel imported =
        read(
            graph ->
                graph
                    .addNode(node("MatMul", "m", "x", "w").setName("first"))
                    .addNode(node("Add", "h", "m", "a"))
                    .addNode(node("Identity", "again", "w"))
                    .addNode(node("MatMul", "n", "h", "again").setName("second"))
                    .addNode(node("Add", "y", "a", "n")));

    assertThat(imported.notes())
        .containsExactly("one layer, as its weights are there once: first = second");
    assertThat(withWeights(imported.model())).hasSize(1);
    // x w + a = [-4, -5]; [-4, -5] w + a = [-18, -27].
    assertThat(OnnxCase.run(imported.model(), X))
        .isEqualTo(Samples.array(new long[] {1, 2}, -18, -27));
    Conversion conversion = DnnToBnn.convert(imported.model(), ConversionOptions.flipout());
    assertThat(withWeights(conversion.model())).hasSize(1);
    Path written = folder.resolve("mean.onnx");
    OnnxExport.mean(conversion.model(), written, 2);
    assertThat(withWeights(new OnnxFormat().read(written).model())).hasSize(1);
  }

  @Test
  void aLayerIsOneHoweverItsWeightIsTurned() throws IOException {
    ImportedModel imported =
        read(
            graph ->
                graph
                    .addNode(turned("t", "w"))
                    .addNode(turned("u", "w"))
                    .addNode(node("MatMul", "h", "x", "t").setName("first"))
                    .addNode(gemm("i", "h", "w").setName("second"))
                    .addNode(node("MatMul", "y", "i", "u").setName("third")));

    assertThat(imported.notes())
        .containsExactly("one layer, as its weights are there once: first = second = third");
    assertThat(withWeights(imported.model())).hasSize(1);
    // [1, -2] w' = [-3, -5], then [-13, -29], then [-71, -155].
    assertThat(OnnxCase.run(imported.model(), X))
        .isEqualTo(Samples.array(new long[] {1, 2}, -71, -155));
  }

  @Test
  void whatUsesAnArrayInAnotherWayHasACopy() throws IOException {
    ImportedModel imported =
        read(
            graph ->
                graph
                    .addNode(node("MatMul", "h", "x", "w").setName("plain"))
                    .addNode(gemm("i", "h", "w").setName("turned"))
                    .addNode(gemm("j", "i", "w", "a").setName("shifted"))
                    .addNode(gemm("y", "j", "w", "b").setName("otherwise")));

    assertThat(imported.notes())
        .containsExactly(
            "layers that use one array in different ways have copies of it: plain, turned, shifted,"
                + " otherwise");
    assertThat(withWeights(imported.model())).hasSize(4);
  }

  @Test
  void aTableThatIsAlsoTheLastLayerIsNamed() throws IOException {
    ImportedModel imported =
        read(
            graph ->
                graph
                    .addInitializer(array("table.weight", new long[] {2, 2}, 1, 2, 3, 4))
                    .addNode(node("Gather", "e", "table.weight", "x"))
                    .addNode(turned("t", "table.weight"))
                    .addNode(node("MatMul", "y", "e", "t").setName("head")));

    assertThat(imported.notes())
        .containsExactly(
            "layers that use one array in different ways have copies of it: table, head");
  }

  /** Exporters store equal vectors once. */
  @Test
  void equalBiasesAreNotSharedWeights() throws IOException {
    ImportedModel imported =
        read(
            graph ->
                graph
                    .addInitializer(array("v", new long[] {2, 2}, 5, 6, 7, 8))
                    .addNode(gemm("h", "x", "w", "a"))
                    .addNode(gemm("y", "h", "v", "a")));

    assertThat(imported.notes()).isEmpty();
    assertThat(withWeights(imported.model())).hasSize(2);
  }
}
