package io.bayes4j.imports.onnx;

import static io.bayes4j.imports.onnx.OnnxForgedTest.model;
import static io.bayes4j.imports.onnx.OnnxForgedTest.node;
import static io.bayes4j.imports.onnx.OnnxForgedTest.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.shade.protobuf.ByteString;

/** Small files that ask for much work, each of which would take minutes without a limit. */
@Timeout(60)
final class OnnxWorkTest {
  private static void refused(String message, Consumer<GraphProto.Builder> content) {
    ByteString bytes = model(content).build().toByteString();
    assertThatThrownBy(() -> OnnxFormat.read(Path.of("forged.onnx"), bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  /** Joins what many operators make, so that none is left out. */
  private static NodeProto.Builder sum(int terms) {
    NodeProto.Builder concat = node("Concat", "y", "x");
    concat.addAttribute(AttributeProto.newBuilder().setName("axis").setI(1));
    for (int i = 0; i < terms; i++) {
      concat.addInput("m" + i);
    }
    return concat;
  }

  private static TensorProto numbers(String name, long... all) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(7).addDims(all.length);
    LongStream.of(all).forEach(tensor::addInt64Data);
    return tensor.build();
  }

  @Test
  void largeConstantsAreNotSummedUpWithoutEnd() {
    refused(
        "computes with constants for longer",
        graph -> {
          graph.addInitializer(numbers("shape", 1 << 11, 1 << 11));
          graph.addNode(node("ConstantOfShape", "c", "shape"));
          for (int i = 0; i < 19_000; i++) {
            graph.addNode(node("ReduceSum", "m" + i, "c"));
          }
          graph.addNode(sum(19_000));
        });
  }

  @Test
  void anArrayOfTheFileIsNotDecodedWithoutEnd() {
    refused(
        "computes with constants for longer",
        graph -> {
          graph.addInitializer(tensor("table", 40, 10, 1));
          graph.addInitializer(numbers("which", new long[500_000]));
          for (int i = 0; i < 19_000; i++) {
            graph.addNode(node("Gather", "m" + i, "table", "which"));
          }
          graph.addNode(sum(19_000));
        });
  }

  @Test
  void arraysHaveFewAxes() {
    refused(
        "axes",
        graph -> {
          graph.addInitializer(numbers("axes", LongStream.range(0, 300_000).toArray()));
          graph.addNode(node("Unsqueeze", "y", "x", "axes"));
        });
  }

  @Test
  void namesOfSlashesAreShortened() throws IOException {
    String slashes = "/".repeat(1 << 20) + "a";
    ByteString bytes =
        model(graph -> graph.addNode(node("Neg", "y", "x").setName(slashes + slashes)))
            .build()
            .toByteString();
    assertThat(OnnxFormat.read(Path.of("forged.onnx"), bytes).notes()).isEmpty();
  }
}
