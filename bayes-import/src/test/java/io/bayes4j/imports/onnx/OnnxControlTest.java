package io.bayes4j.imports.onnx;

import static io.bayes4j.imports.onnx.OnnxForgedTest.model;
import static io.bayes4j.imports.onnx.OnnxForgedTest.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.imports.format.UnsupportedModelException;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Pass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.ModelProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.TensorProto;
import onnx.OnnxMl.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Branches whose choice is known, and networks of several inputs. */
final class OnnxControlTest {
  private static final INDArray X = Samples.array(new long[] {2, 2}, 1, -2, 3, -4);

  private static AttributeProto branch(String name, String type, String... inputs) {
    GraphProto graph =
        GraphProto.newBuilder()
            .addNode(node(type, name + "_made", inputs))
            .addOutput(ValueInfoProto.newBuilder().setName(name + "_made"))
            .build();
    return AttributeProto.newBuilder().setName(name).setG(graph).build();
  }

  private static NodeProto choice(String condition) {
    return node("If", "chosen", condition)
        .addAttribute(branch("then_branch", "Relu", "turned"))
        .addAttribute(branch("else_branch", "Neg", "turned"))
        .build();
  }

  private static ImportedModel read(ModelProto.Builder model) throws IOException {
    return OnnxFormat.read(Path.of("control.onnx"), model.build().toByteString());
  }

  private static ImportedModel choosing(boolean first) throws IOException {
    TensorProto.Builder flag =
        TensorProto.newBuilder().setName("flag").setDataType(9).addInt32Data(first ? 1 : 0);
    return read(
        model(
            graph ->
                graph
                    .addInitializer(flag)
                    .addNode(choice("flag"))
                    .addNode(node("Neg", "turned", "x"))
                    .addNode(node("Identity", "y", "chosen"))));
  }

  private static INDArray run(ImportedModel model, INDArray... inputs) {
    List<Var> given = List.of(inputs).stream().map(Var::constant).toList();
    return Gradients.off(() -> Pass.mean().run((Graph) model.model(), given).value());
  }

  @Test
  void aBranchThatIsKnownIsTaken() throws IOException {
    assertThat(run(choosing(true), X)).isEqualTo(Samples.array(new long[] {2, 2}, 0, 2, 0, 4));
    assertThat(run(choosing(false), X)).isEqualTo(X);
  }

  @Test
  void aBranchThatDependsOnTheInputIsRefused() {
    ModelProto.Builder model =
        model(
            graph ->
                graph
                    .addNode(node("Neg", "turned", "x"))
                    .addNode(choice("turned"))
                    .addNode(node("Identity", "y", "chosen")));
    assertThatThrownBy(() -> read(model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("chooses between parts of the network by what depends on the input");
  }

  @Test
  void severalInputsAreThoseOfTheGraph() throws IOException {
    ModelProto.Builder model =
        model(
            graph -> {
              graph.addInput(graph.getInput(0).toBuilder().setName("z"));
              graph.addNode(node("Relu", "r", "x"));
              graph.addNode(node("Sub", "y", "r", "z"));
            });
    ImportedModel imported = read(model);

    assertThat(((Graph) imported.model()).inputs()).containsExactly("x", "x_2");
    assertThat(imported.notes()).containsExactly("reads 2 inputs, 'x' [N, 2], 'z' [N, 2]");
    assertThat(run(imported, X, Samples.array(new long[] {2, 2}, 1, 2, 3, 4)))
        .isEqualTo(Samples.array(new long[] {2, 2}, 0, -2, 0, -4));
  }

  private static AttributeProto axis(String name, int axis) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(axis)
        .build();
  }

  private static ModelProto.Builder turned(long... lengths) {
    TensorProto.Builder all =
        TensorProto.newBuilder().setName("lengths").setDataType(7).addDims(lengths.length);
    LongStream.of(lengths).forEach(all::addInt64Data);
    return model(
        graph ->
            graph
                .addInitializer(all)
                .addNode(
                    node("ReverseSequence", "y", "x", "lengths")
                        .addAttribute(axis("time_axis", 1))
                        .addAttribute(axis("batch_axis", 0))));
  }

  @Test
  void whatTurnsWholeSequencesIsRead() throws IOException {
    assertThat(run(read(turned(2, 2)), X))
        .isEqualTo(Samples.array(new long[] {2, 2}, -2, 1, -4, 3));
  }

  @Test
  void whatTurnsPartsOfSequencesIsRefused() {
    assertThatThrownBy(() -> read(turned(2, 1)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("turns a part of each sequence, not the whole");
  }

  /** It was only said of statistics that the file holds. */
  @Test
  void batchNormalizationInTrainingModeIsRefusedWhereverItsStatisticsComeFrom() {
    AttributeProto training =
        AttributeProto.newBuilder()
            .setName("training_mode")
            .setType(AttributeProto.AttributeType.INT)
            .setI(1)
            .build();
    ModelProto.Builder model =
        model(
            graph ->
                graph
                    .addNode(node("Neg", "mean", "x"))
                    .addNode(node("Relu", "variance", "x"))
                    .addNode(
                        node("BatchNormalization", "y", "x", "one", "zero", "mean", "variance")
                            .addAttribute(training)));
    assertThatThrownBy(() -> read(model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("is in training mode");
  }
}
