package io.bayes4j.imports.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.format.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.FunctionProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.ModelProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.OperatorSetIdProto;
import onnx.OnnxMl.StringStringEntryProto;
import onnx.OnnxMl.TensorProto;
import onnx.OnnxMl.TensorShapeProto;
import onnx.OnnxMl.TypeProto;
import onnx.OnnxMl.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.protobuf.ByteString;

/** Files that no exporter writes: refused, soon and with little memory. */
@Timeout(60)
final class OnnxForgedTest {
  @TempDir Path folder;

  static NodeProto.Builder node(String type, String output, String... inputs) {
    return NodeProto.newBuilder().setOpType(type).addOutput(output).addAllInput(List.of(inputs));
  }

  static TensorProto.Builder tensor(String name, int bytes, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(1)
            .setRawData(ByteString.copyFrom(new byte[bytes]));
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor;
  }

  static ModelProto.Builder model(Consumer<GraphProto.Builder> content) {
    TensorShapeProto.Builder shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("n"))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(2));
    TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape);
    ValueInfoProto.Builder x =
        ValueInfoProto.newBuilder()
            .setName("x")
            .setType(TypeProto.newBuilder().setTensorType(type));
    GraphProto.Builder graph =
        GraphProto.newBuilder().addInput(x).addOutput(ValueInfoProto.newBuilder().setName("y"));
    content.accept(graph);
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph);
  }

  private Path write(ModelProto.Builder model) throws IOException {
    return Files.write(folder.resolve("forged.onnx"), model.build().toByteArray());
  }

  private void malformed(String message, Consumer<GraphProto.Builder> content) throws IOException {
    Path file = write(model(content));
    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(MalformedModelFileException.class)
        .hasMessageContaining(message);
  }

  private void unsupported(String message, Consumer<GraphProto.Builder> content)
      throws IOException {
    Path file = write(model(content));
    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(message);
  }

  private void withExternal(String location, String offset, String length, String message)
      throws IOException {
    malformed(
        message,
        graph -> {
          TensorProto.Builder tensor = tensor("w", 0, 2).setDataLocationValue(1);
          tensor.addExternalData(entry("location", location));
          tensor.addExternalData(entry("offset", offset));
          tensor.addExternalData(entry("length", length));
          graph.addInitializer(tensor).addNode(node("Add", "y", "x", "w"));
        });
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  @Test
  void externalDataOfOtherFoldersIsNotRead() throws IOException {
    Path secret = Files.write(folder.resolveSibling(folder.getFileName() + "-secret"), new byte[8]);
    Files.write(Files.createDirectory(folder.resolve("below")).resolve("data"), new byte[8]);
    Files.createSymbolicLink(folder.resolve("link"), secret);
    String rule = "must lie in a file of the model's own folder";
    withExternal("../" + secret.getFileName(), "0", "8", rule);
    withExternal(secret.toString(), "0", "8", rule);
    withExternal("below/data", "0", "8", rule);
    withExternal("below/../../" + secret.getFileName(), "0", "8", rule);
    withExternal("link", "0", "8", rule);
    withExternal("..", "0", "8", rule);
    withExternal("", "0", "8", rule);
    withExternal("gone", "0", "8", rule);
    withExternal("a\u0000b", "0", "8", rule);
    Files.delete(secret);
  }

  @Test
  void placesOutsideOfAnExternalFileAreRefused() throws IOException {
    Files.write(folder.resolve("data"), new byte[16]);
    withExternal("data", "12", "8", "lies outside");
    withExternal("data", "-8", "8", "lies outside");
    withExternal("data", "9223372036854775807", "8", "lies outside");
    withExternal("data", "0", "-1", "lies outside");
    withExternal("data", "much", "8", "no number");
    withExternal("data", "0", "4", "needs 8 bytes");
  }

  @Test
  void sizesThatOverflowAreRefused() throws IOException {
    for (long[] dims :
        List.of(
            new long[] {1L << 62, 4},
            new long[] {-1, 2},
            new long[] {Integer.MAX_VALUE, 2},
            new long[] {1L << 32, 1L << 32})) {
      malformed(
          "impossible shape",
          graph -> graph.addInitializer(tensor("w", 8, dims)).addNode(node("Add", "y", "x", "w")));
    }
    malformed(
        "needs 16 bytes",
        graph -> graph.addInitializer(tensor("w", 8, 4)).addNode(node("Add", "y", "x", "w")));
    malformed(
        "17 axes",
        graph ->
            graph
                .addInitializer(tensor("w", 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1))
                .addNode(node("Add", "y", "x", "w")));
  }

  @Test
  void cyclesAreRefused() throws IOException {
    malformed("cycle", graph -> graph.addNode(node("Add", "y", "x", "y")));
    malformed(
        "cycle",
        graph ->
            graph
                .addNode(node("Add", "a", "x", "b"))
                .addNode(node("Relu", "b", "a"))
                .addNode(node("Relu", "y", "b")));
    malformed(
        "two operators make 'a'",
        graph ->
            graph
                .addNode(node("Relu", "a", "x"))
                .addNode(node("Tanh", "a", "x"))
                .addNode(node("Relu", "y", "a")));
  }

  @Test
  void aMillionOperatorsAreRefused() throws IOException {
    malformed(
        "more than 20000 operators",
        graph -> {
          NodeProto empty = node("Relu", "").build();
          for (int i = 0; i < 300_000; i++) {
            graph.addNode(empty);
          }
        });
    malformed(
        "more than 3000000 fields",
        graph -> {
          for (int i = 0; i < 3_100_000; i++) {
            graph.addNode(NodeProto.getDefaultInstance());
          }
        });
  }

  @Test
  void aChainOfManyIsReadAndRun() throws IOException {
    ModelProto.Builder chain =
        model(
            graph -> {
              for (int i = 0; i < 5000; i++) {
                graph.addNode(
                    node("Relu", i == 4999 ? "y" : "v" + i, i == 0 ? "x" : "v" + (i - 1)));
              }
            });
    assertThat(ModelFile.read(write(chain)).model().slots()).hasSize(5000);
  }

  private static FunctionProto.Builder function(String name, String... calls) {
    FunctionProto.Builder function =
        FunctionProto.newBuilder().setDomain("f").setName(name).addInput("a").addOutput("b");
    String from = "a";
    for (int i = 0; i < calls.length; i++) {
      String to = i == calls.length - 1 ? "b" : "t" + i;
      function.addNode(node(calls[i], to, from).setDomain(calls[i].equals("Relu") ? "" : "f"));
      from = to;
    }
    return function;
  }

  @Test
  void functionsThatGrowOrCallThemselvesAreRefused() throws IOException {
    ModelProto.Builder laughs = model(graph -> graph.addNode(node("f15", "y", "x").setDomain("f")));
    laughs.addFunctions(function("f0", "Relu", "Relu"));
    for (int i = 1; i <= 15; i++) {
      String below = "f" + (i - 1);
      laughs.addFunctions(function("f" + i, below, below, below, below));
    }
    Path file = write(laughs);
    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(MalformedModelFileException.class)
        .hasMessageContaining("operators");
    ModelProto.Builder endless = model(graph -> graph.addNode(node("f", "y", "x").setDomain("f")));
    Path again = write(endless.addFunctions(function("f", "f")));
    assertThatThrownBy(() -> ModelFile.read(again))
        .isInstanceOf(MalformedModelFileException.class)
        .hasMessageContaining("functions call each other");
  }

  @Test
  void messagesWithinEachOtherAreRefused() throws IOException {
    GraphProto graph = GraphProto.getDefaultInstance();
    for (int i = 0; i < 200; i++) {
      AttributeProto body = AttributeProto.newBuilder().setName("body").setG(graph).build();
      graph = GraphProto.newBuilder().addNode(node("Loop", "y").addAttribute(body)).build();
    }
    Path file = write(ModelProto.newBuilder().setIrVersion(8).setGraph(graph));
    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(MalformedModelFileException.class)
        .hasMessageContaining("nested more than");
  }

  @Test
  void constantsThatWouldFillTheMemoryAreNotMade() throws IOException {
    TensorProto big =
        TensorProto.newBuilder()
            .setName("s")
            .setDataType(7)
            .addDims(2)
            .addInt64Data(1L << 30)
            .addInt64Data(1L << 30)
            .build();
    unsupported(
        "",
        graph ->
            graph
                .addInitializer(big)
                .addNode(node("ConstantOfShape", "c", "s"))
                .addNode(node("Add", "y", "x", "c")));
    unsupported(
        "too many lengths",
        graph -> {
          graph.addInitializer(big);
          String from = "s";
          for (int i = 0; i < 60; i++) {
            AttributeProto axis = AttributeProto.newBuilder().setName("axis").setI(0).build();
            graph.addNode(node("Concat", "c" + i, from, from).addAttribute(axis));
            from = "c" + i;
          }
          graph.addNode(node("Reshape", "y", "x", from));
        });
    unsupported(
        "too large a constant",
        graph -> {
          graph.addInitializer(tensor("a", 1 << 16, 1 << 14, 1));
          graph.addInitializer(tensor("b", 1 << 16, 1, 1 << 14));
          graph.addNode(node("Add", "c", "a", "b"));
          graph.addNode(node("Add", "y", "x", "c"));
        });
  }

  @Test
  void oneWeightForThousandsOfLayersIsNotCopiedWithoutEnd() throws IOException {
    malformed(
        "layers share weights, more than",
        graph -> {
          graph.addInitializer(tensor("w", 4 << 20, 2, 1 << 19));
          graph.addNode(node("Relu", "v0", "x"));
          for (int i = 0; i < 1000; i++) {
            // Each of another factor, so that they are not one layer.
            AttributeProto.Builder factor =
                AttributeProto.newBuilder().setName("alpha").setF(i + 2);
            graph.addNode(node("Gemm", "m" + i, "x", "w").addAttribute(factor));
          }
          NodeProto.Builder sum = node("Sum", "y");
          for (int i = 0; i < 1000; i++) {
            sum.addInput("m" + i);
          }
          graph.addNode(sum);
        });
  }

  @Test
  void allThatIsUnknownIsNamedAtOnce() throws IOException {
    Path file =
        write(
            model(
                graph ->
                    graph
                        .addNode(node("Frobnicate", "a", "x").setName("first"))
                        .addNode(node("Relu", "b", "a"))
                        .addNode(node("Loop", "c", "b").setName("second"))
                        .addNode(node("Mine", "y", "c").setDomain("my.ops"))));
    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOfSatisfying(
            UnsupportedModelException.class,
            e ->
                assertThat(e.unsupported())
                    .containsExactly(
                        "Frobnicate 'first' is an operator that there is no layer for",
                        "Loop 'second' repeats a part of the network, which is not read: export it"
                            + " unrolled",
                        "my.ops.Mine 'y' is an operator that there is no layer for"));
  }

  @Test
  void whatIsNotUsedDoesNotMatter() throws IOException {
    ModelProto.Builder model =
        model(
            graph ->
                graph
                    .addInitializer(tensor("unused", 1, 1L << 60))
                    .addNode(node("Frobnicate", "nowhere", "x"))
                    .addNode(node("Relu", "y", "x")));
    assertThat(ModelFile.read(write(model)).model().slots()).hasSize(1);
  }

  @Test
  void cutFilesAreRefused() throws IOException {
    byte[] all = Files.readAllBytes(OnnxCase.named("cnn-old.onnx").file());
    for (int length = 12; length < all.length; length += 37) {
      byte[] cut = Arrays.copyOf(all, length);
      Path file = Files.write(folder.resolve("cut.onnx"), cut);
      assertThatThrownBy(() -> new OnnxFormat().read(file)).isInstanceOf(IOException.class);
    }
  }
}
