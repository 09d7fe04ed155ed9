package io.bayes4j.imports.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.format.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lengths and numbers of axes that are no ints, or none at all: they are not cut to fit. */
@Timeout(60)
final class OnnxLengthsTest {
  @TempDir Path folder;

  private static TensorProto whole(String name, long... numbers) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(7).addDims(numbers.length);
    for (long number : numbers) {
      tensor.addInt64Data(number);
    }
    return tensor.build();
  }

  private static NodeProto.Builder node(
      String type, String output, String option, long number, String... inputs) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder()
            .setName(option)
            .setType(AttributeProto.AttributeType.INT)
            .setI(number);
    return OnnxForgedTest.node(type, output, inputs).addAttribute(attribute);
  }

  private Path write(Consumer<GraphProto.Builder> content) throws IOException {
    byte[] bytes = OnnxForgedTest.model(content).build().toByteArray();
    return Files.write(folder.resolve("lengths.onnx"), bytes);
  }

  private void refused(String message, Consumer<GraphProto.Builder> content) throws IOException {
    Path file = write(content);
    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(message);
  }

  private static Consumer<GraphProto.Builder> expandedTo(long length) {
    return graph ->
        graph
            .addInitializer(whole("axes", 1))
            .addInitializer(whole("lengths", 1, length, 2))
            .addNode(OnnxForgedTest.node("Unsqueeze", "u", "x", "axes"))
            .addNode(OnnxForgedTest.node("Expand", "y", "u", "lengths"));
  }

  @Test
  void anAxisIsRepeated() throws IOException {
    assertThat(ModelFile.read(write(expandedTo(3))).model().slots()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -3, 5000, 3 - (1L << 32), 1_500_000_000 - (1L << 33), 3 + (1L << 32)})
  void noAxisIsRepeatedNoTimesOrTooOften(long length) throws IOException {
    refused("repeats", expandedTo(length));
  }

  @ParameterizedTest
  @ValueSource(longs = {-3, 3 - (1L << 32), 3 + (1L << 32)})
  void noArrayHasLengthsThatAreNoInts(long length) throws IOException {
    refused(
        "makes an array of shape",
        graph ->
            graph
                .addInitializer(whole("lengths", 1, length))
                .addNode(OnnxForgedTest.node("ConstantOfShape", "zeros", "lengths"))
                .addNode(OnnxForgedTest.node("Add", "y", "x", "zeros")));
  }

  @Test
  void numbersOfAxesAndTypesAreNotCut() throws IOException {
    long far = 1 + (1L << 32);
    String rule = "has options that cannot be read";
    refused(rule, graph -> graph.addNode(node("Flatten", "y", "axis", far, "x")));
    refused(rule, graph -> graph.addNode(node("Concat", "y", "axis", far, "x", "x")));
    refused(rule, graph -> graph.addNode(node("Cast", "y", "to", far, "x")));
    refused(
        rule,
        graph ->
            graph
                .addInitializer(OnnxForgedTest.tensor("w", 8, 1, 2))
                .addNode(node("Softmax", "s", "axis", far, "w"))
                .addNode(OnnxForgedTest.node("Add", "y", "x", "s")));
  }

  @Test
  void aNormalizationOfTooManyChannelsIsNotMade() throws IOException {
    refused(
        "makes too large a constant",
        graph -> {
          graph
              .getInputBuilder(0)
              .getTypeBuilder()
              .getTensorTypeBuilder()
              .getShapeBuilder()
              .getDimBuilder(1)
              .setDimValue(2_000_000_000);
          graph
              .addInitializer(OnnxForgedTest.tensor("scale", 4, 1))
              .addInitializer(OnnxForgedTest.tensor("bias", 4, 1))
              .addNode(node("GroupNormalization", "y", "num_groups", 1, "x", "scale", "bias"));
        });
  }
}
